r"""Text to tokens, in one pass.

A token is a pair of kind and text: `n` a number, `c` a command (`\frac`, without the backslash),
`w` a run of letters,
`t` the text of a `\text{}`, `s` any other character or pair such as `<=`.
"""

import re
from typing import TypeAlias

from rewardkit.verifiers.math.work import TooBig

Token: TypeAlias = tuple[str, str]

MAX_TOKENS = 4000
MAX_DIGITS = 1000

_FONTS = "text|textnormal|textrm|textbf|textit|textsf|mbox|hbox|mathrm|operatorname"
_RE = re.compile(
    r"\s*(?:"
    r"(?P<n>\d+(?:\.\d+)?|\.\d+)"
    rf"|\\(?:{_FONTS})\s*\{{(?P<t>[^{{}}]*)\}}"
    r"|\\(?:begin|end)\s*\{(?P<m>[a-zA-Z*]{1,12})\}(?:\{[lcr|]{0,12}\})?"
    r"|\\(?P<c>[a-zA-Z]+)"
    r"|(?P<w>[^\W\d_]+)"
    r"|(?P<s>\\\\|\\.|<=|>=|!=|<>|\*\*|==|.)"
    r")",
    re.DOTALL,
)
_RE_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
_RE_SPACES = re.compile(r"(?<![\d.,])(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?![\d,/])(?! \d)")
_RE_DOTS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3}){2,}(?![\d.])")
_RE_EUROPE = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+,\d+(?![\d.,])")
_RE_E = re.compile(r"(?<=[\d.])\s?[eE](?=[+-]?\d{1,6}(?![\d.]))")
_DROPPED = frozenset(
    ("mathbf", "mathit", "boldsymbol", "bm", "bf", "rm", "mathsf", "bold", "textcolor")
)
_SAME = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "leq": "le", "leqslant": "le", "geq": "ge",
    "geqslant": "ge", "neq": "ne", "lt": "lt", "gt": "gt", "dbinom": "binom", "tbinom": "binom",
    "ast": "cdot",
    "bullet": "cdot", "degree": "circ", "textdegree": "circ", "vee": "lor", "simeq": "approx",
    "dollar": "usd",
    "varnothing": "emptyset", "smallsetminus": "setminus", "backslash": "setminus", "colon": ":",
    "iff": "iff",
}  # fmt: skip
_SYMBOLS = {"le": "<=", "ge": ">=", "ne": "!=", "lt": "<", "gt": ">", "mid": "|", "vert": "|",
"lbrace": "\\{",
            "rbrace": "\\}", "div": "/", ":": ":", "lbrack": "[", "rbrack": "]",
            "langle": "(", "rangle": ")"}  # fmt: skip


# Brackets in which a comma parts items; the braces of a command are none of them.
_RE_HOLDS_ITEMS = re.compile(r"[(\[]|\\\{|(?<![a-zA-Z}^_])\{")


def _join(match: re.Match[str]) -> str:
    return match[0].replace(",", "")


def plain_numbers(text: str) -> str:
    """Thousands marks taken out where they can be nothing else; outside brackets only.

    >>> plain_numbers("1,234,567"), plain_numbers("(1,234)"), plain_numbers("1.234,5")
    ('1234567', '(1,234)', '1234.5')
    """
    if "," in text and _RE_HOLDS_ITEMS.search(text) is None:
        text = _RE_EUROPE.sub(lambda m: m[0].replace(".", "").replace(",", "."), text)
        text = _RE_THOUSANDS.sub(_join, text)
    if " " in text and not any(mark in text for mark in "([{,"):
        text = _RE_SPACES.sub(lambda m: m[0].replace(" ", ""), text)
    if text.count(".") > 1:
        text = _RE_DOTS.sub(lambda m: m[0].replace(".", ""), text)
    return text


def tokens(text: str) -> list[Token]:
    r"""The tokens of a cleaned text.

    Raises:
        TooBig: When there are more than 4,000, or a number has more than 1,000 digits.

    >>> tokens(r"2\dfrac{1}{2}")[:3]
    [('n', '2'), ('c', 'frac'), ('s', '{')]
    """
    if "e" in text or "E" in text:
        text = _RE_E.sub(r"\\sci ", text)
    found: list[Token] = []
    for match in _RE.finditer(text.rstrip()):
        kind, value = match.lastgroup or "s", match[match.lastgroup or "s"]
        if kind == "n" and len(value) > MAX_DIGITS:
            raise TooBig(f"a number of {len(value)} digits")
        if kind == "c":
            if value in _DROPPED:
                continue
            if value == "degree" and (not found or found[-1] != ("s", "^")):
                found.append(("s", "^"))
            value = _SAME.get(value, value)
            if value in _SYMBOLS:
                kind, value = "s", _SYMBOLS[value]
        elif kind == "t":
            value = value.strip()
            if _is_mathematics(value):
                found.extend(tokens(value))
                continue
        found.append((kind, value))
        if len(found) > MAX_TOKENS:
            raise TooBig(f"more than {MAX_TOKENS} symbols")
    return found


def _is_mathematics(value: str) -> bool:
    r"""Whether the inside of a \text{} is a symbol or a number, as in \mathrm{e} or \text{12}."""
    return (
        value == "e" or value == "i" or (value[:1].isdigit() and value.replace(".", "").isalnum())
    )
