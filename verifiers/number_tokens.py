"""From the text of a number to tokens: one notation for LaTeX, Unicode and plain text."""

import re
import unicodedata
from typing import Literal

import msgspec

from rewardkit.verifiers.cleaning import spelled_powers, unwrap

Kind = Literal["number", "word", "mark"]
"""A run of digits with its exponent, a word or LaTeX command, any other character."""


class Token(msgspec.Struct, frozen=True):
    """One token; `glued` says that no white space stands before it."""

    kind: Kind
    text: str
    glued: bool


THIN = "\u2009"
"""The space that groups digits; the ordinary space does not, since `7 2` is two numbers."""

DOLLAR = "$"

_FRACTIONS = re.compile("[\u00bc-\u00be\u2150-\u215e\u2189]")
_MARKS = str.maketrans(
    {
        "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\ufe63": "-",
        "\u00d7": "*", "·": "*", "⋅": "*", "∙": "*", "✕": "*", "\u2217": "*",
        "\u2044": "/", "\u2215": "/",
        "µ": "μ", "\u2126": "Ω", "\u202f": THIN, "\u00a0": THIN, "º": "°", "℃": "°C", "℉": "°F",
        "\u3000": " ", "。": ".", "、": ",",
    }
)  # fmt: skip

_LATEX = (
    (re.compile(r"\\[dtc]frac(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\(?:times|cdot|ast)(?![A-Za-z])"), "*"),
    (re.compile(r"\\(?:approx|simeq)(?![A-Za-z])"), "≈"),
    (re.compile(r"\^\s?\{?\s?\\circ(?![A-Za-z])\s?\}?|\\degree(?![A-Za-z])"), "°"),
    (re.compile(r"\\(?:left|right|displaystyle|boxed|fbox)(?![A-Za-z])|\\!"), ""),
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|mathit|textit|textrm|rm|bf)(?![A-Za-z])"), " "),
    (re.compile(r"\\(?:mu)(?![A-Za-z])\s?"), "μ"),
    (re.compile(r"\\[;: ]|\\quad|~"), " "),
    (re.compile(r"\\,"), THIN),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\[()\[\]]"), ""),
    # A pair of dollar signs as in LaTeX; `$5 or $6` is money: a space stands before the second.
    (re.compile(r"(?<!\\)\$(?=[^\s$])([^$]*)(?<=[^\s\\])\$(?!\d)"), r"\1"),
    (re.compile(r"\\\$"), DOLLAR),
    # Markdown, but not the power of `10**6`.
    (re.compile(r"(?<![0-9])\*\*|\*\*(?![0-9({-])|`"), ""),
)

# Possessive, so that no run is read twice.
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9][0-9,.\u2009]*+|\.[0-9][0-9,.]*+)(?:[eE][+-]?[0-9]++(?![A-Za-z0-9_.]))?)"
    r"|(?P<word>\\[A-Za-z]++|[^\W\d_]++(?:['\u2019-][^\W\d_]++)*+)"
    r"|(?P<mark>\S)"
)


def tokenize(text: str) -> list[Token]:
    r"""Split the text of a number into tokens, in one notation.

    Args:
        text: At most a few thousand characters; time is linear in them.

    >>> [token.text for token in tokenize(r"\$1{,}500 \times 10⁶")]
    ['$', '1,500', '*', '10', '^', '6']
    """
    text = _one_notation(text)
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        kind: Kind = "number" if match["number"] else "word" if match["word"] else "mark"
        tokens.append(Token(kind, match[0].strip(THIN), match.start() == end))
        end = match.start() + len(match[0].rstrip(THIN))
    return tokens


def _one_notation(text: str) -> str:
    if not text.isascii():
        # ½ and ² first: to Unicode they are the digits 1, 2 and 2.
        text = _FRACTIONS.sub(_vulgar, text)
        text = spelled_powers(text)
        text = "".join(map(_narrow, text)).translate(_MARKS)
    text = unwrap(text)
    if "\\" in text or "$" in text or "*" in text or "~" in text or "`" in text or "{" in text:
        for pattern, replacement in _LATEX:
            text = pattern.sub(replacement, text)
    return text


def _vulgar(match: re.Match[str]) -> str:
    return " " + unicodedata.normalize("NFKC", match[0]).replace("\u2044", "/")


def _narrow(character: str) -> str:
    """Full-width characters and the digits of any script as ASCII; invisible ones dropped."""
    if character < "\x80":
        return character
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    if unicodedata.category(character) == "Cf":
        return ""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
