"""What runs each kind of block of a page; `test_pages.py` has the rules."""

import doctest
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import yaml
from page_blocks import Block, read_blocks
from sybil import Document, Example, Region
from sybil.evaluators.python import PythonEvaluator

from rewardkit.rewards import load_reward
from rewardkit.templates import load_template

SHOWN_ONLY = {"", "diff", "make", "mermaid", "text", "toml"}
"""Languages whose blocks have nothing to run."""

EXIT = re.compile(r"\s+# exit (?P<code>\d+)\s*\Z")
OUTPUT = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Command(NamedTuple):
    """A command line, how it must end, and what it must print; None for anything."""

    line: str
    exit_code: int
    output: str | None


def parse_page(document: Document) -> Iterable[Region]:
    """The parser for sybil: each block with what runs it."""
    for region, block in read_blocks(document):
        region.parsed = region.lexemes["source"]
        region.evaluator = partial(run_block, block)
        yield region


def run_block(block: Block, example: Example) -> None:
    """Run one block in the way of its language."""
    if block.why_not_run:
        return
    if block.title:
        Path(block.title).write_text(block.source, encoding="utf-8")
    if block.language in RUNNERS:
        RUNNERS[block.language](block, example)
    else:
        assert block.language in SHOWN_ONLY, f"no rule for blocks of {block.language!r}"


def run_python(block: Block, example: Example) -> None:
    """Run a Python block in the page's namespace."""
    if not block.source.lstrip().startswith(">>>"):
        PythonEvaluator()(example)
        return
    test = doctest.DocTestParser().get_doctest(block.source, {}, example.path, None, example.line)
    test.globs = example.namespace
    messages: list[str] = []
    doctest.DocTestRunner(optionflags=OUTPUT).run(test, out=messages.append, clear_globs=False)
    assert not messages, "".join(messages)


def read_bash(block: Block) -> list[Command]:
    """The commands of a bash block; one with a here-document is a single command."""
    source = block.source.replace("\\\n", " ")
    lines = [source] if "<<" in source else source.splitlines()
    commands = []
    for line in filter(None, map(str.strip, lines)):
        if not line.startswith("#"):
            code = EXIT.search(line)
            commands.append(Command(EXIT.sub("", line), int(code["code"]) if code else 0, None))
    if commands and block.shown is not None:
        commands[-1] = commands[-1]._replace(output=block.shown)
    return commands


def read_console(block: Block) -> list[Command]:
    """The commands of a console block, each with the lines below it."""
    commands = []
    for piece in re.split(r"^\$ ", block.source, flags=re.MULTILINE)[1:]:
        line, _, output = piece.replace("\\\n", " ").partition("\n")
        code = EXIT.search(line)
        commands.append(Command(EXIT.sub("", line), int(code["code"]) if code else 0, output))
    assert commands, "expected a line that begins with '$ '"
    return commands


def run_commands(read: Callable[[Block], list[Command]], block: Block, _: Example) -> None:
    """Run the commands of a block with this environment's `rewardkit`."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1"}
    for command in read(block):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command.line],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        said = f"{command.line}\n{done.stdout}"
        assert done.returncode == command.exit_code, f"exit code {done.returncode}: {said}"
        if command.output is not None:
            wanted = command.output.replace("…", "...")
            matches = doctest.OutputChecker().check_output(wanted, done.stdout, OUTPUT)
            assert matches, f"expected\n{command.output}got\n{said}"


def run_yaml(block: Block, _: Example) -> None:
    """Load a reward or a template; other YAML must parse."""
    content = yaml.safe_load(block.source)
    if isinstance(content, dict) and "kind" in content:
        load_reward(content)
    elif isinstance(content, dict) and content.keys() & {"sections", "base"}:
        load_template(content)


def run_json(block: Block, _: Example) -> None:
    """Parse JSON; several values stand on a line each."""
    try:
        json.loads(block.source)
    except json.JSONDecodeError:
        for line in block.source.splitlines():
            json.loads(line)


RUNNERS: dict[str, Callable[[Block, Example], None]] = {
    "python": run_python,
    "bash": partial(run_commands, read_bash),
    "console": partial(run_commands, read_console),
    "yaml": run_yaml,
    "json": run_json,
}
