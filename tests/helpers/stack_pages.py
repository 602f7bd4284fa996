"""The training commands of the stacks' pages, for the stacks' own parsers to read."""

import re
import shlex
from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs" / "stacks"


def training_command(page: str, program: str) -> list[str]:
    """The arguments that a page's training block gives a program, such as `vf-eval`."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    block = text.partition("## Install and train")[2].partition("```bash")[2].partition("```")[0]
    lines = re.sub(r"\\\n\s*", "", block).splitlines()
    (line,) = (line for line in lines if f"{program} " in line)
    return shlex.split(line.partition(f"{program} ")[2])
