"""Cut a reply by opening and closing markers."""

from rewardkit.templates.cut import Cut, CutOptions
from rewardkit.templates.markers import INK, MAX_MARKERS, Markers


def cut_tags(reply: str, markers: Markers, options: CutOptions, truncated: bool) -> Cut:
    """Cut by opening and closing markers.

    A section ends at the first closing marker of its own; every other marker in it is text, and a
    fault.
    """
    cut = Cut()
    names = options.names
    strict_outside = not options.text_outside
    count = 0
    position = begin = 0
    current = 0 if options.opened else -1
    nested = -1
    for start, end, code in markers.find(reply):
        count += 1
        if count > MAX_MARKERS:
            cut.crowd(start, len(reply))
            return cut
        closing = code < 0
        index = -code - 1 if closing else code
        if current < 0:
            if strict_outside:
                cut.outside(reply, position, start)
            position = end
            if closing:
                message = f"{names[index]}: closed but not open"
                cut.faults.add("unopened", "", start, end, message)
            else:
                current, begin = index, end
        elif closing and index == current:
            if nested >= 0:
                cut.nested.add(len(cut.sections))
            cut.sections.append((current, begin, start))
            position, current, nested = end, -1, -1
        elif options.opened and count == 1 and code == 0 and INK.search(reply, 0, start) is None:
            # The completion repeats the marker that its prompt ended in.
            begin = end
        elif nested < 0 and not options.nested:
            nested = start
            message = f"{names[current]}: holds another marker"
            cut.faults.add("nested", names[current], start, end, message)
    _finish_tags(reply, cut, options, (current, begin, position), nested, truncated)
    return cut


def _finish_tags(
    reply: str,
    cut: Cut,
    options: CutOptions,
    state: tuple[int, int, int],
    nested: int,
    truncated: bool,
) -> None:
    """Close what the reply's end leaves open: a section, the rest, or text outside."""
    current, begin, position = state
    size = len(reply)
    if current >= 0:
        if options.unclosed_end and not truncated:
            if nested >= 0:
                cut.nested.add(len(cut.sections))
            cut.sections.append((current, begin, size))
        else:
            cut.unclosed = current
            name = options.names[current]
            cut.faults.add("unclosed", name, begin, size, f"{name}: never closed")
    elif options.rest >= 0:
        cut.sections.append((options.rest, position, size))
    elif not options.text_outside:
        cut.outside(reply, position, size)
