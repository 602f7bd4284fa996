"""The documentation runs: each block of code of each page, in a folder with the examples.

* `python` blocks of a page run in order and share their names; prompts (`>>>`) are doctests.
* `bash` blocks run command by command. Each must end with exit code 0, or with the N of a comment
  `# exit N` behind it. A `text` block right below is what the last command prints.
* `console` blocks are commands behind `$ `, with what each prints.
* Where output is compared, `…` stands for anything, and white space is free.
* `yaml` blocks with `kind` load as a reward, those with `sections` or `base` as a template; `json`
  blocks parse.
* A block whose fence says `title="name"` is written to a file of that name first.
* `<!-- not run: why -->` above a block says that it can't run here; `NOT_RUN` lists all of them.
"""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from page_blocks import read_blocks
from page_runners import parse_page
from sybil import Document

from rewardkit.errors import ConfigError

ROOT = Path(__file__).parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for pattern in ("*.md", "[a-z]*/README.md", "docs/**/*.md")
    for path in sorted(ROOT.glob(pattern))
}

NOT_RUN = {
    ("CONTRIBUTING.md", "make test"),
    ("README.md", "make demo"),
    ("docs/commands/demo.md", "rewardkit demo"),
    ("docs/stacks/trl.md", "pip install rewardkit trl==1.16.0"),
    ("docs/stacks/verl.md", "pip install rewardkit verl==0.9.1"),
    ("docs/stacks/easyr1.md", "pip install rewardkit"),
    ("docs/stacks/openrlhf.md", "pip install rewardkit openrlhf==0.11.2"),
    ("docs/stacks/swift.md", "pip install rewardkit ms-swift==4.6.0"),
    ("docs/stacks/verifiers.md", "pip install rewardkit verifiers==0.4.0"),
    (
        "docs/stacks/inspect_ai.md",
        "pip install rewardkit inspect_ai==0.3.285 torch transformers accelerate",
    ),
    ("docs/stacks/nemo-gym.md", "pip install rewardkit nemo-gym==0.7.0"),
    ("docs/stacks/nemo-rl.md", "pip install rewardkit"),
    ("docs/stacks/reasoning-gym.md", "pip install rewardkit reasoning-gym==0.1.25"),
    ("docs/stacks/skyrl.md", "pip install rewardkit skyrl-gym==0.4.0"),
    ("docs/stacks/slime.md", "pip install rewardkit"),
    ("docs/stacks/areal.md", "pip install rewardkit areal==1.0.4"),
    ("docs/stacks/open-instruct.md", "pip install rewardkit"),
}
"""Page and first command of each block that is not run; the reason stands above the block."""


@pytest.mark.parametrize("page", PAGES)
def test_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    for example in Document.parse(str(PAGES[page]), parse_page):
        try:
            example.evaluate()
        except Exception as error:
            error.add_note(f"{page}, line {example.line}")
            raise


def test_blocks_that_do_not_run_are_listed() -> None:
    marked = {
        (page, block.source.partition("\n")[0].partition("#")[0].strip())
        for page, path in PAGES.items()
        for _, block in read_blocks(Document.parse(str(path)))
        if block.why_not_run
    }
    assert marked == NOT_RUN


BROKEN = {
    "python": ("```python\nassert 1 == 2, 'wrong'\n```\n", AssertionError, "wrong"),
    "doctest": ("```python\n>>> 1 + 1\n3\n```\n", AssertionError, "Expected:\n    3"),
    "exit code": ("```bash\nexit 3\n```\n", AssertionError, "exit code 3: exit 3"),
    "pipe": ("```bash\nfalse | cat\n```\n", AssertionError, "exit code 1"),
    "no exit code": ("```bash\ntrue  # exit 1\n```\n", AssertionError, "exit code 0"),
    "first of two": ("```bash\nfalse\ntrue\n```\n", AssertionError, "exit code 1: false"),
    "output": (
        "```bash\necho yes\n```\n\n```text\nno\n```\n",
        AssertionError,
        "expected\nno\ngot\necho yes\nyes\n",
    ),
    "console": ("```console\n$ echo yes\nno\n```\n", AssertionError, "expected\nno\n"),
    "no prompt": ("```console\necho yes\n```\n", AssertionError, "begins with '\\$ '"),
    "reward": ("```yaml\nkind: constnat\n```\n", ConfigError, "did you mean 'constant'"),
    "template": ("```yaml\nsections: []\n```\n", ConfigError, "template"),
    "yaml": ("```yaml\n{a: 1\n```\n", yaml.YAMLError, "expected"),
    "json": ("```json\n{'a': 1}\n```\n", json.JSONDecodeError, "Expecting"),
    "language": ("```basic\n10 GOTO 10\n```\n", AssertionError, "no rule for blocks of 'basic'"),
}
"""Pages that must not pass, and how they fail."""


@pytest.mark.parametrize(("text", "error", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_pages_are_found(
    text: str,
    error: type[Exception],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message):
        next(Document.parse(str(page), parse_page).examples()).evaluate()


def test_good_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        '```python title="mine.py"\nx = 7\n```\n\n```python\nassert x == 7\n```\n\n'
        "```bash\ncat mine.py | head -1\nfalse  # exit 1\n```\n\n"
        "```bash\necho one \\\n  two three\n```\n\n```text\none … three\n```\n\n"
        "```console\n$ echo one\none\n$ exit 3  # exit 3\n```\n\n"
        "<!-- not run: it would fail -->\n```bash\nfalse\n```\n",
        encoding="utf-8",
    )
    examples = list(Document.parse(str(page), parse_page))
    for example in examples:
        example.evaluate()
    assert len(examples) == 7
