"""`rewardkit demo` as users call it; tests/digits/test_demo.py goes on with one by the command."""

import subprocess
import sys
from pathlib import Path

import pytest

from rewardkit.cli.demo_tables import tables_of
from rewardkit.cli.results import render
from rewardkit.digits.demo_folder import DemoState, ScorerAucs, write_state
from rewardkit.digits.demo_report import DemoReport, Sampled, Timing
from rewardkit.digits.held_out_figures import Estimate, Gain, StageFigures
from rewardkit.digits.replies import Example, ExampleReply

RUN = """
import sys
sys.modules.update({name: None for name in MISSING})
import rewardkit.cli
rewardkit.cli.main()
"""


def demo(*words: object, missing: tuple[str, ...] = ()) -> "subprocess.CompletedProcess[str]":
    code = RUN.replace("MISSING", repr(missing))
    command = [sys.executable, "-c", code, "demo", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def error_of(result: "subprocess.CompletedProcess[str]") -> str:
    assert result.returncode == 2 and result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line.removeprefix("rewardkit: error: ")


@pytest.mark.parametrize("name", ["trl", "sklearn", "matplotlib"])
def test_missing_extra_says_how_to_get_it(tmp_path: Path, name: str) -> None:
    line = error_of(demo("-o", tmp_path / "demo", missing=(name,)))
    assert line.endswith(f"expected {name}, got none: pip install 'rewardkit[train]'")
    assert not (tmp_path / "demo").exists()


def test_folder_that_can_t_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").touch()
    assert "expected an empty folder or none, got one that holds 'a.txt'" in error_of(
        demo("-o", tmp_path / "notes")
    )
    write_state(tmp_path, DemoState(str(tmp_path), 0))
    assert error_of(demo("-o", tmp_path)).endswith("got one: go on with --resume")


def test_seed_is_not_negative(tmp_path: Path) -> None:
    assert "--seed" in error_of(demo("-o", tmp_path / "demo", "--seed", "-1"))


def test_tables_say_all_that_was_found() -> None:
    half = Estimate(0.5, 0.02)
    none = Estimate(None, None)
    stage = StageFigures(
        stage="warmup",
        questions=600,
        accuracy=half,
        perception=half,
        both=none,
        format=Estimate(1.0, 0.0),
        tokens=Estimate(12.0, 0.0),
    )
    gain = Gain(stage="reasoning", accuracy=Estimate(0.135, 0.0199), perception=half, both=none)
    shown = "<think> \x1b[31m </think>"
    report = DemoReport(
        output="demo",
        seed=0,
        stages=[stage],
        gains=[gain],
        sampled=Sampled(1140, 1892, 968, 0),
        scorer=ScorerAucs(0.9985, 1.0, 1.0),
        examples=[Example(id="q", kind="turned right", replies=[ExampleReply("x", shown, True)])],
        timing=Timing(193.2, 0.0122),
        plots=["demo/plots/accuracy.png"],
    )
    text = render(tables_of(report))
    for said in (
        "600 questions",
        "50.0 ± 2.0",
        "+13.5 ± 2.0",
        "1140 easy, 1892 medium, 968 hard",
        "stand-in for FG-CLIP",
        "1.2 % of the GRPO steps' time",
        "seconds in all: 193",
        "\\x1b[31m",
        "demo/plots/accuracy.png",
    ):
        assert said in text
    assert "\x1b" not in text
