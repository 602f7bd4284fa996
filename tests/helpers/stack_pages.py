"""The training commands of the stacks' pages, for the stacks' own parsers to read."""

import re
import shlex
from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs" / "stacks"


def training_command(page: str, program: str) -> list[str]:
    """The arguments that a page's training block gives a program, such as `vf-eval`."""
    lines = re.sub(r"\\\n\s*", "", training_block(page)).splitlines()
    (line,) = (line for line in lines if f"{program} " in line)
    return shlex.split(line.partition(f"{program} ")[2])


def written_file(page: str, name: str) -> str:
    """What a page's training block writes into a file, by `cat > FILE <<'END'`."""
    (found,) = re.findall(
        rf"cat > \S*{re.escape(name)} <<'END'\n(.*?)^END$", training_block(page), re.S | re.M
    )
    return str(found)


def training_block(page: str) -> str:
    """The commands from installing to training."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    return text.partition("## Install and train")[2].partition("```bash")[2].partition("```")[0]
