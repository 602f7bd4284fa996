"""Words and signs that leave a value open: about 5, at least 5, 5 or more, 5..."""

import re
from typing import Literal

_WRAP = r"(?:\\(?:text|textbf|mathrm|mbox) ?\{ ?)?"
_ABOUT = "about|approximately|approx\\.?|around|roughly|nearly|almost|circa"
_BOUND = (
    "at least|at most|more than|less than|fewer than|greater than|over|under|up to|not|no|"
    "no more than|no less than|wrong:?|incorrect:?|never|except|all but|anything but|"
    "minimum|maximum|above|below|half of|twice"
)
_RE_BEFORE = re.compile(
    rf"(?:(~|\\approx|\\sim|\\simeq)|{_WRAP}"
    rf"(?:(?P<about>{_ABOUT})|(?:{_BOUND})) ?\}}?(?=[\s\d$\\-])) ?",
    re.IGNORECASE,
)
_AFTER_ABOUT = (" or so", " approx", " approx.", " approximately", " (approximately)", " roughly")
_AFTER_BOUND = (
    " or more", " or less", " or greater", " or fewer", " or higher", " or lower", " and above",
    " and up", " and below", " at least", " at most", " at minimum", " minimum", " maximum",
    " below zero", " minus", " plus", " per", " factorial", " and more", " or above", " or below",
    " is wrong", " is incorrect", " is not the answer",
    " maybe", " perhaps", " possibly", " probably", " tens", " hundreds", " thousands",
)  # fmt: skip
_ENDS = tuple(" " + text.split()[-1] for text in _AFTER_ABOUT + _AFTER_BOUND)


_RE_OPTION = re.compile(
    r"(?:\\(?:text|textbf|mathrm|mbox|mathbf) ?\{ ?)?(?:\( ?([A-H]) ?\)|([A-H]) ?[.):])"
    r"(?: ?\})? {0,4}([^ ].*)"
)


def option(text: str) -> tuple[str, str] | None:
    r"""Letter and value of a text such as `(B) 12` or `C. x=1`; None for any other.

    >>> option(r"\textbf{(B) } 12"), option("B"), option("A:B")
    (('B', '12'), None, None)
    """
    match = _RE_OPTION.fullmatch(text)
    if match is None or match[3].startswith(("and ", "or ", ",", "&")):
        return None
    if not any(c.isdigit() or c in "\\(" for c in match[3]):
        return None
    rest = match[3].strip()
    if rest.count("{") < rest.count("}"):
        rest = rest.removesuffix("}")
    return match[1] or match[2], rest


def vague(text: str) -> tuple[Literal["about", "bound"], str] | None:
    r"""What kind of openness a text has, and the text without it; None where it has none.

    >>> vague(r"\approx 3.14"), vague("5 or more"), vague("5 cm")
    (('about', '3.14'), ('bound', '5'), None)
    """
    if text.endswith(("...", "\\ldots", "\\dots", "…")) and "," not in text:
        return "about", text.rstrip(".…").removesuffix("\\ldots").removesuffix("\\dots")
    match = _RE_BEFORE.match(text)
    if match is not None:
        return "about" if match[1] or match["about"] else "bound", text[match.end() :].strip()
    plain = text.replace("\\text{", " ").rstrip("} ") if "\\text{" in text else text
    plain = " ".join(plain.split())
    if not plain.lower().endswith(_ENDS):
        return None
    for kind, endings in (("about", _AFTER_ABOUT), ("bound", _AFTER_BOUND)):
        for ending in endings:
            if plain.lower().endswith(ending):
                return ("about" if kind == "about" else "bound"), plain[: -len(ending)]
    return None
