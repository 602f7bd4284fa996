r"""Where the answer is in a reply: in the last `\boxed{}`, or announced; never guessed.

The first number of the thoughts is never taken. `docs/verifiers-math-exact.md` has the rules as a
table of examples.
"""

import re

# ruff: noqa: RUF001 - replies announce answers with full-width colons too

MAX_TAIL = 20_000
"""Characters at the end of a reply in which an announcement is looked for."""
MAX_BOXES = 60
"""Boxes that may be one answer."""
MAX_BOX = 4_000
"""Characters of one box."""
_RE_ANNOUNCED = re.compile(
    r"####[ \t]*"
    r"|(?:final |correct )?answer(?:\*\*)?[ \t]*(?:is\b(?:[ \t]*:)?|[:：=])(?:\*\*)?[ \t]*"
    r"|\banswer[ \t]*(?=\\\[|\\\(|\$)"
    r"|(?:最终)?答案(?:是|为)?[ \t]*[:：]?[ \t]*"
    r"|^A:[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
_RE_SENTENCE = re.compile(r"[.!?。](?=\s+[^\W\d_]|\s*$)(?<!\bp\.)(?<!\ba\.)")
_RE_SPAN = re.compile(
    r"\$\$[^$]+\$\$|\$[^$]+\$|\\\((?:[^\\]|\\[^)])*\\\)|\\\[(?:[^\\]|\\[^\]])*\\\]"
)
_BOXES = ("\\boxed", "\\fbox")
_RE_BETWEEN = re.compile(
    r"(?:[\s$,;.&]|and|or|\\(?:quad|qquad|text|textbf|mbox|\)|\(|\]|\[|,|;| )|[{}])*"
)
_RE_DIGITS = re.compile(r"-?\d+(?:\.\d+)?")
_RE_FINAL = re.compile(r"final answer(?:\*\*)? is", re.IGNORECASE)
_RE_DIGIT = re.compile(r"\d")


def locate(text: str) -> str | None:
    r"""The text of the answer within a reply.

    Args:
        text: The reply, of any length.

    Returns:
        The inside of the last box, or what a later "the final answer is" says; else what the last
        announcement announces, to the end of its sentence; else the
        only formula of a short text that has no number outside of it; else None.

    >>> locate(r"so 5 and \boxed{3}, no: \boxed{\frac{1}{2}}")
    '\\frac{1}{2}'
    >>> locate("3 + 4 = 7. The final answer is **7**."), locate("3 and then 4")
    ('7', None)
    """
    boxed = last_box(text)
    if boxed is not None:
        after = text[max(text.rfind("\\boxed"), text.rfind("\\fbox")) :][-MAX_TAIL:]
        final = _announced(after) if _RE_FINAL.search(after) else None
        return final if final is not None and _RE_DIGIT.search(final) else boxed
    announced = _announced(text[-MAX_TAIL:])
    if announced is not None:
        return announced
    return _only_formula(text) if len(text) <= 400 else None


def last_box(text: str) -> str | None:
    r"""The inside of the last `\boxed{}` or `\fbox{}`.

    Boxes with nothing but commas and `and` or `or` between them are one answer.

    Returns:
        None without any box; an empty text where the last one is not closed.

    >>> last_box(r"\boxed{1}, no, \boxed{2} and \boxed{3}")
    '2 and 3'
    """
    end, found = len(text), ""
    for _ in range(MAX_BOXES):
        low = end - MAX_BOX - 60 if found else 0
        start, length = max((text.rfind(name, max(0, low), end), len(name)) for name in _BOXES)
        if start < 0:
            return found or None
        inside, stop = _inside(text, start + length)
        if not found:
            found = inside
            if not inside:
                return ""
        else:
            between = text[stop:end]
            if len(between) > 40 or not inside or _RE_BETWEEN.fullmatch(between) is None:
                return found
            word = "or" if "or" in between else "and" if "and" in between else ","
            found = f"{inside}{word if word == ',' else ' ' + word} {found}"
        end = start
    return found


def _inside(text: str, at: int) -> tuple[str, int]:
    """The group at a place and where it ends; empty where it is not closed within the limit."""
    rest = text[at : at + MAX_BOX]
    shift = len(rest) - len(rest.lstrip())
    rest = rest[shift:]
    if not rest.startswith("{"):
        digits = _RE_DIGITS.match(rest)
        return (digits[0], at + shift + digits.end()) if digits else ("", at)
    depth = 0
    for k, character in enumerate(rest):
        if character in "{}" and rest[k - 1 : k] != "\\":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return rest[1:k].strip(), at + shift + k + 1
    return "", at


def _announced(tail: str) -> str | None:
    last = None
    for match in _RE_ANNOUNCED.finditer(tail):
        last = match
    if last is None:
        return None
    rest = tail[last.end() :].lstrip()
    line = rest.split("\n\n", 1)[0] if rest.startswith(("\\[", "$$")) else rest.split("\n", 1)[0]
    line = line[:MAX_BOX]
    end = _RE_SENTENCE.search(line)
    if end is not None:
        line = line[: end.start()]
    line = line.strip().strip("*").strip()
    spans = _RE_SPAN.findall(line) if len(line) <= 400 else []
    if len(spans) == 1 and not _RE_DIGIT.search(line.replace(spans[0], "")):
        outside = line.replace(spans[0], "").strip()
        return line if _may_be_unit(outside) else spans[0]
    return line or None


def _may_be_unit(outside: str) -> bool:
    return outside.isalpha() and len(outside.split()) == 1


def _only_formula(text: str) -> str | None:
    spans = _RE_SPAN.findall(text)
    if len(spans) != 1:
        return None
    outside = text.replace(spans[0], " ")
    return spans[0] if not _RE_DIGIT.search(outside) and any(c.isalpha() for c in outside) else None
