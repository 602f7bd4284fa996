r"""Notation made plain: Unicode, Markdown and spacing commands become one LaTeX spelling.

Nothing here decides what a text means. Each pass is linear: a table of characters, then
expressions without nested or adjacent repetitions.
"""

import re

from rewardkit.verifiers.math.notation import respelled

# ruff: noqa: RUF001 - the tables are of characters that look like others

_SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"
_SUB = "₀₁₂₃₄₅₆₇₈₉"
_FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8),
    "⅞": (7, 8),
}  # fmt: skip
_SIGNS = {
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-", "×": r"\times ",
    "·": r"\cdot ", "⋅": r"\cdot ", "∙": r"\cdot ", "÷": "/", "∕": "/", "⁄": "/", "√": r"\sqrt ",
    "π": r"\pi ", "∞": r"\infty ", "°": r"^\circ ", "º": r"^\circ ", "≤": r"\le ", "≥": r"\ge ",
    "⩽": r"\le ",
    "⩾": r"\ge ", "≦": r"\le ", "≧": r"\ge ", "≠": r"\ne ", "≈": r"\approx ", "∪": r"\cup ",
    "∩": r"\cap ",
    "∈": r"\in ", "±": r"\pm ", "∓": r"\mp ", "ℝ": r"\mathbb{R}", "∅": r"\emptyset ",
    "θ": r"\theta ",
    "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ", "λ": r"\lambda ", "∖": r"\setminus ",
    "∨": r"\lor ",
    "€": r"\eur ", "£": r"\gbp ", "¥": r"\jpy ", "￥": r"\jpy ", "¢": r"\cents ", "′": "'",
    "’": "'", "″": '"',
    "“": '"', "”": '"', "∣": "|", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": r"\,",
    "\u202f": r"\,", "\u3000": " ", "\u200b": "", "\u200e": "", "\ufeff": "", "\u2061": "",
    "\u2062": "",
    "，": ", ", "、": ", ", "。": ".", "；": ";", "∶": ":", "ℯ": "e", "𝑒": "e", "ⅈ": "i", "µ": "μ",
}  # fmt: skip
_TABLE = str.maketrans(
    _SIGNS
    | {chr(0xFF01 + k): chr(0x21 + k) for k in range(94) if chr(0xFF01 + k) not in _SIGNS}
    | {mark: rf"\frac{{{a}}}{{{b}}}" for mark, (a, b) in _FRACTIONS.items()}
)
_PLAIN_SUPER = str.maketrans(_SUPER, "0123456789+-n")
_PLAIN_SUB = str.maketrans(_SUB, "0123456789")

_RE_SUPER = re.compile(f"[{_SUPER}]+")
_RE_SUB = re.compile(f"[{_SUB}]+")
_RE_HTML = re.compile(r"<(/?)(su[pb])>")
_RE_GROUPS = re.compile(r"(?<=\d)(?:\{,\}|,\\! ?|\\,|\\;|\\ )(?=\d{3}(?!\d))")
_RE_SPACE = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?|mleft|mright|displaystyle|textstyle|quad|qquad|limits)"
    r"(?![a-zA-Z])|(?<!\\)\\[!,;:> ]|~"
)
_RE_ORDINAL = re.compile(
    r"(?<=\d) ?\^ ?\{? ?\\(?:text|mathrm|textrm|mbox|rm) ?\{(?:st|nd|rd|th)\}\}?"
)
# Two stars between operands are a power; anywhere else, and backticks, they are emphasis.
_RE_FENCE = re.compile(r"(?<![\w)\]}])\*\*|\*\*(?![\w(\\])|`+")
_RE_DELIMITER = re.compile(r"(?<!\\)\\[()\[\]]")


def clean(text: str) -> str:
    r"""One spelling for what is written in many.

    Args:
        text: At most some thousand characters; the caller bounds it.

    Returns:
        The text without math delimiters, emphasis and spacing, `\$` as `\usd`.

    >>> clean("**x² ≤ ½**")
    'x^{2} \\le  \\frac{1}{2}'
    """
    if not text.isascii():
        text = _RE_SUPER.sub(lambda m: "^{" + m[0].translate(_PLAIN_SUPER) + "}", text)
        text = _RE_SUB.sub(lambda m: "_{" + m[0].translate(_PLAIN_SUB) + "}", text)
        text = text.translate(_TABLE)
    if "<su" in text:
        text = _RE_HTML.sub(lambda m: "}" if m[1] else ("^{" if m[2] == "sup" else "_{"), text)
    if "**" in text or "`" in text:
        text = _RE_FENCE.sub(" ", text)
    if "{,}" in text or "\\" in text:
        text = _RE_GROUPS.sub("", text).replace("{,}", ".").replace(r"\$", r"\usd ")
        text = _RE_ORDINAL.sub("", text)
        text = _RE_DELIMITER.sub(" ", text)
        text = _RE_SPACE.sub(" ", text)
    text = _dollars(text).strip()
    return respelled(_bare_end(text))


def _dollars(text: str) -> str:
    """Math delimiters away; a single dollar sign is money."""
    count = text.count("$")
    if not count:
        return text
    text = text.replace("$$", " ")
    return text.replace("$", r"\usd ") if count % 2 else text.replace("$", " ")


def _bare_end(text: str) -> str:
    """Without the full stop that ends a sentence, and quotation marks around all of it."""
    if text.endswith((".", ",", ";", ":")) and not text.endswith((".m.", "..")):
        text = text[:-1].rstrip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    return text
