r"""Text to tokens for the symbolic tier: one notation for LaTeX, Unicode, plain text.

A token is a number (`12.5`), a letter (`x`), a LaTeX command (`\pi`), a sign, or prose, which
begins with a double quote (`"for all`). Nothing is dropped but layout: what can't be read later
must be seen to be there.
"""

import re
import unicodedata

from rewardkit.verifiers.math.symbolic_names import (
    CONSTANT_WORDS,
    FUNCTION_WORDS,
    LAYOUT,
    PROSE,
    SYNONYMS,
    TEXT_COMMANDS,
    UNICODE,
)

MAX_TOKENS = 4_000
MAX_DEPTH = 60
MONEY = "\ue000"
"""Stands for an escaped dollar sign while the others, which delimit formulas, are dropped."""

CONNECTIVES = {"或": '"or', "和": '"and', "与": '"and'}
ENDINGS = frozenset(".,;:")


class TooHard(Exception):
    """The text passes a limit of size or depth."""


class Unreadable(Exception):
    """The text is not mathematics that we know."""


_TOKEN = re.compile(
    r"\\[A-Za-z]+|\\.|[A-Za-z\u00c0-\u024f]+|[\u0400-\u04ff]+|[\u2e80-\u9fff\uac00-\ud7a3]+|\d+(?:\{,\}\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+|\s+|<=|>=|!=|\*\*|.",
    re.DOTALL,
)
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ", "0123456789+-n")
_UNICODE = str.maketrans(UNICODE)
_DOUBLED = re.compile(r"\\\\(?=[A-Za-z{}])")
_LATEX_THOUSANDS = re.compile(r"(?<=\d),\\!\s*(?=\d{3}(?!\d))")
_WHOLE_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def tokenize(text: str) -> list[str]:
    r"""Cut a text into tokens.

    Raises:
        TooHard: When there are more than `MAX_TOKENS` tokens or brackets lie deeper than
            `MAX_DEPTH`.

    >>> tokenize(r"$\dfrac12 + 2·π$")
    ['\\frac', '12', '+', '2', '*', '\\pi']
    >>> tokenize(r"5 \text{ for all } x")
    ['5', '"for', '"all', 'x']
    """
    text = _SUPERSCRIPT.sub(lambda m: "^{" + m.group().translate(_SUPERSCRIPTS) + "}", text)
    text = unicodedata.normalize("NFKC", text.translate(_UNICODE)).translate(_UNICODE)
    text = text.replace("\x00", " ").replace("\\$", MONEY).replace("$", " ").strip()
    text = _LATEX_THOUSANDS.sub("", _html(text))
    if "\\begin" not in text:
        text = _DOUBLED.sub(r"\\", text)  # a backslash that was escaped twice
    while len(text) > 4 and text[:2] == text[-2:] and text[:2] in ("**", "__"):  # Markdown
        text = text[2:-2].strip()
    if _WHOLE_THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    out: list[str] = []
    raw = [match.group() for match in _TOKEN.finditer(text[: MAX_TOKENS * 8])]
    if len(text) > MAX_TOKENS * 8:
        raise TooHard(f"longer than {MAX_TOKENS * 8} characters")
    at = 0
    while at < len(raw):
        at = _step(raw, at, out)
        if len(out) > MAX_TOKENS:
            raise TooHard(f"more than {MAX_TOKENS} tokens")
    while out and out[-1] in ENDINGS:
        out.pop()
    _check_depth(out)
    return _set_minus(out)


def _html(text: str) -> str:
    for tag, open_ in (("sup", "^{"), ("sub", "_{")):
        text = text.replace(f"<{tag}>", open_).replace(f"</{tag}>", "}")
    return text


def _set_minus(tokens: list[str]) -> list[str]:
    """A minus between a closing bracket and a set is a difference of sets."""
    for at in range(1, len(tokens) - 1):
        if tokens[at] == "-" and tokens[at + 1] == "\\{" and tokens[at - 1] in ("\\}", ")", "]"):
            tokens[at] = "\\setminus"
    return tokens


def _step(raw: list[str], at: int, out: list[str]) -> int:
    """Read one raw token into `out`; returns where to go on."""
    token = SYNONYMS.get(raw[at], raw[at])
    if token.startswith(("\\quad", "\\qquad")):  # \quadx
        rest = token.replace("\\qquad", "", 1).replace("\\quad", "", 1)
        out.extend(_word(rest) if rest else ())
        return at + 1
    if token == "**":
        token = "^"
    if token in TEXT_COMMANDS:
        return _text_argument(raw, at + 1, token, out)
    if token in LAYOUT or token.isspace():
        if token == "\\limits":
            return at + 1
    elif token[0].isdigit() or token[0] == ".":
        out.append(_number(token))
    elif token.isascii() and token.isalpha():
        out.extend(_word(token))
    elif token in CONNECTIVES or (token.isalpha() and (len(token) > 1 or token > "\u2e7f")):
        out.append(CONNECTIVES.get(token, '"' + token.lower()))
    else:
        out.extend(token.split())
    return at + 1


def _number(token: str) -> str:
    token = token.replace("{,}", "")
    return "0" + token if token[0] == "." and len(token) > 1 else token


def _word(word: str) -> list[str]:
    """A run of plain letters: a function, a constant, prose, or a product of variables."""
    if len(word) == 1:
        return [word]
    lower = word.lower()
    if word in FUNCTION_WORDS or word in CONSTANT_WORDS:
        return [CONSTANT_WORDS.get(word, "\\" + word)]
    if lower in PROSE or len(word) > 3:
        return [CONSTANT_WORDS.get(lower, '"' + lower)]
    return list(word)


def _text_argument(raw: list[str], at: int, command: str, out: list[str]) -> int:
    r"""`\text{…}`, `\mathrm{…}`, `\mathbf{…}`: prose, a name, or mathematics in another font."""
    while at < len(raw) and raw[at].isspace():
        at += 1
    if at >= len(raw) or raw[at] != "{":
        return at
    depth, end = 0, at
    while end < len(raw):
        depth += (raw[end] == "{") - (raw[end] == "}")
        if depth == 0:
            break
        end += 1
    inside = "".join(raw[at + 1 : end])
    plain = inside.strip(" ()").replace("\\", "")
    if command == "\\mathbb":
        out.append("\\mathbb:" + plain)
    elif plain in FUNCTION_WORDS or plain in CONSTANT_WORDS:
        out.append(CONSTANT_WORDS.get(plain, "\\" + plain))
    elif (
        TEXT_COMMANDS[command] == "math" or not any(c.isalpha() for c in inside) or len(plain) == 1
    ):
        out.extend(tokenize(inside)) if len(inside) < len(raw) * 8 and depth == 0 else None
    else:
        out.extend(
            '"' + word.strip(".,:;").lower() for word in inside.split() if word.strip(".,:;")
        )
    return end + 1


def _check_depth(tokens: list[str]) -> None:
    depth = 0
    for token in tokens:
        depth += (token in ("(", "[", "{", "\\{")) - (token in (")", "]", "}", "\\}"))
        if depth > MAX_DEPTH:
            raise TooHard(f"brackets deeper than {MAX_DEPTH}")
