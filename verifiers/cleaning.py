"""Text cleaning that the verifiers share: what is never part of an answer is taken off it.

Everything here is linear in the text and leaves meaning alone.
"""

import re
import unicodedata

MAX_CHARACTERS = 4_000
"""Longer answers are not read: no choice, label or number is that long."""

_SHOWN = 80
_KEPT = 500
_CLOSE_READING = 1_000
_RUN_OF_MARKS = 30
_JOINER = "\u034f"

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_SUPERSCRIPTS = re.compile("[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u207a\u207b]+")
_SPACES = re.compile(r"\s+")

_PAIRS = (
    ("**", "**"), ("__", "__"), ("```", "```"), ("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"),
    ("*", "*"), ("_", "_"), ("`", "`"), ("$", "$"), ('"', '"'), ("'", "'"), ("“", "”"),
    ("\u2018", "\u2019"), ("«", "»"), ("「", "」"), ("『", "』"), ("(", ")"), ("[", "]"),
    ("{", "}"),
)  # fmt: skip
_COMMAND = re.compile(
    r"\\(?:boxed|fbox|text|textbf|textit|textrm|textsf|texttt|emph|mathrm|mathbf|mathit|mathsf"
    r"|operatorname)\s*\{"
)
_FENCE = re.compile(r"```\w*\n")
_STOPS = " \t\r\n.,;:!。\uff0c\uff1b\uff1a\uff01、"
_ARTICLE = re.compile(r"(?:a|an|the) (?=\S)")


def show(text: str) -> str:
    r"""Quote a text for a reason: at most 80 characters on one line, nothing unprintable.

    >>> show("dog\n" * 100)[-7:], show("\ud800")
    ("\\nd...'", "'\\ud800'")
    """
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
    return repr(cut)


def readable(text: str) -> str:
    r"""A text as a verdict holds it: at most 500 characters that any encoding can write.

    >>> readable("d\udcffg")
    'd\ufffdg'
    """
    cut = text if len(text) <= _KEPT else text[: _KEPT - 3] + "..."
    return cut if cut.isascii() else _SURROGATE.sub("\ufffd", cut)


def clean(text: str) -> str:
    r"""Bring a text to one Unicode form, without invisible characters and doubled white space.

    The form is NFKC, but superscripts become powers, since `10²` is not `102`. Control characters
    become spaces, lone surrogates U+FFFD.

    >>> clean(" dog\u200b \n 10² ")
    'dog 10^2'
    """
    text = _CONTROL.sub(" ", text)
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))
        text = spelled_powers(text)
        text = folded(_bounded_runs(text))
    return _SPACES.sub(" ", text).strip()


def spelled_powers(text: str) -> str:
    """Superscript digits as powers, for to Unicode they are the plain digits.

    >>> spelled_powers("10\u00b2 cm\u207b\u00b9")
    '10^2 cm^\u22121'
    """
    return _SUPERSCRIPTS.sub(lambda run: "^" + unicodedata.normalize("NFKC", run[0]), text)


def clean_lines(text: str) -> str:
    r"""Clean each line of a text and leave out the blank ones.

    >>> clean_lines(" B \n\n since  2 dogs ")
    'B\nsince 2 dogs'
    """
    return "\n".join(filter(None, map(clean, text.splitlines())))


def folded(text: str) -> str:
    """NFKC, but NFC for the text that it would blow up: one ligature may become 18 characters."""
    if text.count("\ufdfa") > 32:
        return unicodedata.normalize("NFC", text)
    folded = unicodedata.normalize("NFKC", text)
    return folded if len(folded) <= 2 * len(text) + 32 else unicodedata.normalize("NFC", text)


def _bounded_runs(text: str) -> str:
    """Break long runs of combining marks, on which normalisation takes quadratic time.

    Source: the Stream-Safe Text Format of https://unicode.org/reports/tr15/.
    """
    if len(text) <= _CLOSE_READING:
        return text
    pieces: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > _RUN_OF_MARKS:
            pieces.append(_JOINER)
            run = 1
        pieces.append(character)
    return "".join(pieces)


def unwrap(text: str) -> str:
    r"""Take off what surrounds a whole answer: Markdown, LaTeX, quotes, brackets, a full stop.

    A text of nothing else is left as it is.

    >>> unwrap(r"**\text{(C)}**.")
    'C'
    >>> unwrap("(a) or (b)")
    '(a) or (b)'
    """
    left = text.strip()
    for _ in range(8):
        before = left
        left = _inside(left.rstrip(_STOPS).lstrip())
        if left == before:
            break
    return left or text.strip()


def _inside(text: str) -> str:
    """The text without the outermost pair, if one pair surrounds all of it."""
    command = _COMMAND.match(text)
    if command and text.endswith("}") and _closes_last(text[command.end() : -1]):
        return text[command.end() : -1].strip()
    fence = _FENCE.match(text)
    pairs = ((fence[0], "\n```"), *_PAIRS) if fence else _PAIRS
    for first, last in pairs:
        if len(text) > len(first) + len(last) and text.startswith(first) and text.endswith(last):
            inner = text[len(first) : -len(last)]
            if first not in inner and last not in inner:
                return inner.strip()
    return text


def _closes_last(inner: str) -> bool:
    """Whether the braces in a text are balanced, so that what surrounds it is one pair."""
    depth = 0
    for brace in inner:
        depth += (brace == "{") - (brace == "}")
        if depth < 0:
            return False
    return depth == 0


def plain(text: str) -> str:
    """The form in which names are compared: cleaned, unwrapped, case folded, without an article.

    Underscores are read as spaces, as in class names. Nothing inside the text is deleted, so
    different names stay different.

    >>> plain("**The Golden_Retriever**.")
    'golden retriever'
    >>> plain("C#") == plain("C")
    False
    """
    form = unwrap(clean(text)).casefold().replace("_", " ")
    form = form if form.isascii() else folded(form)
    form = " ".join(form.split())
    article = _ARTICLE.match(form)
    return unwrap(form[article.end() :]) if article else form
