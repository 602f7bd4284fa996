"""Check the sections of a cut reply against the template: number, order, emptiness, parroting."""

from typing import NamedTuple

from rewardkit.templates.cut import Cut
from rewardkit.templates.markers import VISIBLE


class FormRules(NamedTuple):
    """What a template asks of its sections, by their index.

    Attributes:
        names: The sections' names.
        required: Whether a section must stand.
        may_be_empty: Whether it may have nothing in it.
        any_order: They may stand in any order.
        repeated: They may be repeated.
        parroted: Texts that only repeat the prompt.
    """

    names: tuple[str, ...]
    required: tuple[bool, ...]
    may_be_empty: tuple[bool, ...]
    any_order: bool
    repeated: bool
    parroted: frozenset[str] = frozenset()


def check_form(reply: str, cut: Cut, rules: FormRules) -> None:
    """Add to the cut's faults what is wrong with its sections."""
    faults, names, parroted = cut.faults, rules.names, rules.parroted
    counts = [0] * len(names)
    second: dict[int, tuple[int, int]] = {}
    highest = -1
    for index, start, end in cut.sections:
        counts[index] += 1
        if counts[index] == 2:
            second[index] = (start, end)
        if index < highest and not rules.any_order and counts[index] == 1:
            message = f"{names[index]}: stands after {names[highest]}"
            faults.add("out_of_order", names[index], start, end, message)
        highest = max(highest, index)
        if VISIBLE.search(reply, start, end) is None:
            if not rules.may_be_empty[index]:
                faults.add("empty", names[index], start, end, f"{names[index]}: empty")
        elif parroted and reply[start:end].strip() in parroted:
            message = f"{names[index]}: repeats the prompt's own words"
            faults.add("parroted", names[index], start, end, message)
    if not rules.repeated:
        for index, (start, end) in second.items():
            message = f"{names[index]}: stands {counts[index]} times"
            faults.add("repeated", names[index], start, end, message)
    for index, required in enumerate(rules.required):
        if required and counts[index] == 0 and index != cut.unclosed:
            place = len(reply)
            faults.add("missing", names[index], place, place, f"{names[index]}: missing")
