"""Cut a reply by headings."""

from rewardkit.templates.cut import Cut, CutOptions
from rewardkit.templates.markers import MAX_MARKERS, VISIBLE, Markers


def cut_headings(reply: str, markers: Markers, options: CutOptions, truncated: bool) -> Cut:
    """Cut by headings: a section runs from its heading to the next one, or to the reply's end.

    A heading counts at the start of a line only. A section of one line ends with its first line of
    text.
    """
    cut = Cut()
    current, begin, count = -1, 0, 0
    for start, end, code in markers.find(reply):
        count += 1
        if count > MAX_MARKERS:
            cut.crowd(start, len(reply))
            return cut
        if start > 0 and reply[start - 1] != "\n":
            continue
        _end_heading(reply, cut, options, (current, begin, start), False)
        current, begin = code, end
    _end_heading(reply, cut, options, (current, begin, len(reply)), truncated)
    return cut


def _end_heading(
    reply: str, cut: Cut, options: CutOptions, state: tuple[int, int, int], truncated: bool
) -> None:
    """End a section where the next heading begins, or the reply ends."""
    current, begin, end = state
    if current < 0:
        if not options.text_outside:
            cut.outside(reply, begin, end)
        return
    if current in options.one_line:
        first = VISIBLE.search(reply, begin, end)
        newline = -1 if first is None else reply.find("\n", first.start(), end)
        if newline >= 0:
            if not options.text_outside:
                cut.outside(reply, newline, end)
            cut.sections.append((current, begin, newline))
            return
    if truncated:
        cut.unclosed = current
        name = options.names[current]
        cut.faults.add("unclosed", name, begin, end, f"{name}: cut before its end")
        return
    cut.sections.append((current, begin, end))
