"""For the reference pages: doctests of a docstring become blocks of code, not quotations.

An extension of griffe, which reads the docstrings; `mkdocs.yml` names it.
"""

import griffe

FENCE = "```"


def fence_doctests(text: str) -> str:
    r"""Put fences around the doctests that stand outside of any fence or section.

    A doctest begins at a line with `>>>` and ends before the next blank line.

    >>> fence_doctests("Add.\n\n>>> 1 + 1\n2\n")
    'Add.\n\n```pycon\n>>> 1 + 1\n2\n```'
    """
    lines: list[str] = []
    in_doctest = in_fence = False
    for line in text.splitlines():
        if in_doctest and not line.strip():
            lines.append(FENCE)
            in_doctest = False
        elif line.startswith(FENCE):
            in_fence = not in_fence
        elif line.startswith(">>>") and not in_doctest and not in_fence:
            lines.append(f"{FENCE}pycon")
            in_doctest = True
        lines.append(line)
    if in_doctest:
        lines.append(FENCE)
    return "\n".join(lines)


class DoctestBlocks(griffe.Extension):
    """Fences the doctests of all docstrings."""

    def on_object(self, *, obj: griffe.Object, **_: object) -> None:
        """Rewrite one docstring; griffe hands in more than is needed here."""
        if obj.docstring:
            obj.docstring.value = fence_doctests(obj.docstring.value)
