r"""Notations with no meaning of their own, written in the one way that the lexer reads.

Repeating decimals become fractions, `3 x 10^5` gets its times sign, `\langle` its bracket.
"""

import re

_MARK = r"\\(?:overline|bar|dot)\s*"
_RE_REPEATING = re.compile(
    rf"(?<![\d.}}])(?<!\d )(\d{{0,30}})\.(\d{{0,30}}){_MARK}(?:\{{(\d{{1,30}})\}}|(\d))"
    rf"(?:(\d{{0,30}})\\dot\s*(?:\{{(\d)\}}|(\d)))?"
)
_RE_GOES_ON = re.compile(
    r"(?<![\d.}])(?<!\d )(\d{1,10})\.(\d{3,40})(?:\\[lc]?dots(?![a-zA-Z])|\.\.\.|…)"
)
_REPEATS = ((1, 3), (2, 2), (3, 2), (6, 2))
"""Length of a block of digits, and how often it must stand at the end to be what goes on."""
_RE_TIMES = re.compile(r"(?<=\d) ?[xX] ?(?=10 ?(?:\^|\*\*))")
_RE_JOINED = re.compile(r"(?<=[\x00-\x7f]) ?(或|或者|和|与|且) ?(?=[\x00-\x7f])")
_RE_VECTOR = re.compile(r"<([^<>=]{1,200},[^<>=]{1,200})>")
_RE_WRAPPED = re.compile(r"\\(?:text|textbf|textit|mathrm|mbox|textrm) ?\{([^{}]*\d[^{}]*)\}")
_RE_MODULO = re.compile(r"\(?\\[pb]?mod ?(?:\{ ?(?=\w))?(\w{1,30})(?: ?\})?\)?")
_RE_LETTERS = re.compile(
    r"\\(?:text|textbf|mathrm|mbox|textrm) ?\{( ?\(?[A-H]\)?"
    r"(?: ?(?:,|and|or|&|, and) ?\(?[A-H]\)?){1,7} ?)\}"
)
_RE_UPRIGHT = re.compile(r"\\(mathrm|text|rm) ?\{((?:[^{}]|\^\{-?\d\}){1,80})\}")


def respelled(text: str) -> str:
    r"""One spelling for what is read the same.

    Args:
        text: A text without math delimiters, bounded by the caller.

    >>> respelled(r"0.1\overline{6}"), respelled("0.333..."), respelled("2 x 10^5")
    ('\\frac{15}{90}', '\\frac{3}{9}', '2\\times 10^5')
    """
    if not text.isascii():
        text = _RE_JOINED.sub(lambda m: " or " if m[1][0] == "或" else " and ", text)
    if "." in text and ("\\" in text or "..." in text or "…" in text):
        text = _RE_REPEATING.sub(_repeating, text)
        text = _RE_GOES_ON.sub(_goes_on, text)
    if "x" in text or "X" in text:
        text = _RE_TIMES.sub(r"\\times ", text)
    if "mod" in text:
        text = _RE_MODULO.sub(r"\\pmod{\1}", text)
    if text[:1] == "<":
        match = _RE_VECTOR.fullmatch(text)
        text = f"({match[1]})" if match else text
    if "^{" in text and "{" in text:
        text = _RE_UPRIGHT.sub(_flat, text)
    if text[:1] == "\\" and text[-1:] == "}":
        match = _RE_WRAPPED.fullmatch(text) or _RE_LETTERS.fullmatch(text)
        text = match[1].strip() if match else text
    return text


def _flat(match: re.Match[str]) -> str:
    inside = match[2].replace("^{", "^").replace("}", "")
    return f"\\{match[1]}{{{inside}}}"


def _repeating(match: re.Match[str]) -> str:
    whole, fixed, block = match[1], match[2], match[3] or match[4]
    last = match[6] or match[7]
    if last:
        if "dot" not in match[0] or len(block) > 1:
            return match[0]
        block += match[5] + last
    return _fraction(whole, fixed, block) + (match[5] or "" if not last else "")


def _goes_on(match: re.Match[str]) -> str:
    whole, digits = match[1], match[2]
    for length, times in _REPEATS:
        block = digits[-length:]
        if set(block) != {"0"} and digits.endswith(block * times):
            while digits.endswith(block):
                digits = digits.removesuffix(block)
            return _fraction(whole, digits, block)
    return match[0]


def _fraction(whole: str, fixed: str, block: str) -> str:
    before = int(whole + fixed or "0")
    top = int(whole + fixed + block) - before
    return rf"\frac{{{top}}}{{{(10 ** len(block) - 1) * 10 ** len(fixed)}}}"
