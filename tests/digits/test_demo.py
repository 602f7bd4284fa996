"""The demo from end to end, on a few questions: figures, plots, and going on after a kill."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import tiny_demo
from PIL import Image

from rewardkit.digits import demo
from rewardkit.digits.demo_clock import Clock
from rewardkit.digits.demo_folder import DemoState, check_folder
from rewardkit.digits.demo_recipe import demo_recipe
from rewardkit.digits.demo_report import DemoReport
from rewardkit.digits.perception import perception_reward
from rewardkit.errors import ConfigError
from rewardkit.rewards import Weighted
from rewardkit.rewards.config import decode
from rewardkit.trainer.identity import fingerprint_of
from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.recipe import Grpo

STAGES = ["data", "scorer", *load_recipe("digits").stages, "plots"]


class Whole(NamedTuple):
    """A demo that was not interrupted, and what it told."""

    folder: Path
    report: DemoReport
    told: list[str]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder, told = tmp_path_factory.mktemp("demo") / "größe [1]", list[str]()
    report = tiny_demo.run_tiny(folder, told=lambda stage, step, total, figures: told.append(stage))
    return Whole(folder, report, told)


def test_demo_reports_every_stage(whole: Whole) -> None:
    report = whole.report
    assert [one.stage for one in report.stages] == ["warmup", "perception", "reasoning"]
    assert [one.stage for one in report.gains] == ["perception", "reasoning"]
    assert {one.questions for one in report.stages} == {12}
    assert report.sampled is not None and sum(msgspec.structs.astuple(report.sampled)) == 24
    assert report.timing.reward_share is not None and 0 < report.timing.reward_share < 1
    assert report.timing.seconds > 0
    assert report.examples[0].id.startswith("test-0-")
    assert 0 <= report.scorer.one_wrong <= 1


def test_demo_tells_its_stages_in_order(whole: Whole) -> None:
    told = list(dict.fromkeys(whole.told))
    assert told == [stage for stage in STAGES if stage != "export"]  # that has no steps


def test_plots_are_readable_and_not_blank(whole: Whole) -> None:
    names = ["reward-parts", "accuracy", "group-variance", "digits"]
    assert whole.report.plots == [str(whole.folder / "plots" / f"{name}.png") for name in names]
    for path in whole.report.plots:
        with Image.open(path) as image:
            assert image.format == "PNG" and image.height >= 300 and image.width >= 800
            gray = image.convert("L").histogram()
            colours = image.convert("RGB").getcolors(2**24)
        assert sum(gray[:250]) > 0.005 * sum(gray), path
        assert colours is not None and len(colours) > 50, path


def test_figures_are_those_of_the_run(whole: Whole) -> None:
    state = json.loads((whole.folder / "run" / "state.json").read_bytes())["done"]
    for stage, one in zip(("warmup", "perception", "reasoning"), whole.report.stages, strict=True):
        logged = state[f"after-{stage}"]["metrics"]
        shown = [one.accuracy.value, one.perception.value, one.format.value, one.tokens.value]
        names = ["all/accuracy", "all/perception", "all/format", "tokens"]
        assert shown == pytest.approx([logged[f"greedy/{name}"] for name in names])


@pytest.mark.slow
def test_killed_demo_goes_on_to_the_same_figures(whole: Whole, tmp_path: Path) -> None:
    """Killed while data are written, killed while training, and gone on with by the command."""
    folder = tmp_path / "größe [1]"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "train.jsonl").write_text('{"id": "half')
    begun = DemoState(str(folder), 0, tiny_demo.OPTIONS)
    (folder / "demo.json").write_bytes(msgspec.json.encode(begun))
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, tiny_demo.__file__, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=offline) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line == "perception 2\n":
                process.kill()
                break
    assert process.returncode == -9
    sets = [word for option in tiny_demo.OPTIONS for word in ("--set", option)]
    command = [sys.executable, "-m", "rewardkit", "demo", "--resume", "--json", "-o", str(folder)]
    result = subprocess.run(
        [*command, *sets], capture_output=True, text=True, env=offline, timeout=300
    )
    assert result.returncode == 0, result.stderr
    told = [line.split()[1] for line in result.stderr.splitlines() if "rewardkit: " in line]
    assert told == ["data", "scorer", *STAGES[4:-2], "plots"]  # the warm-up isn't done again
    assert figures_of(json.loads(result.stdout)) == figures_of(msgspec.to_builtins(whole.report))
    for name in ("demonstrations", "train", "test"):
        made, kept = (one / "data" / f"{name}.jsonl" for one in (folder, whole.folder))
        assert made.read_bytes() == kept.read_bytes()


def figures_of(report: dict[str, Any]) -> dict[str, Any]:
    """What must be the same: all but times and places."""
    return {key: report[key] for key in report if key not in ("timing", "output", "plots")}


def hashes(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def leave_data(state: DemoState, folder: Path) -> None:
    state.data, state.scorer = False, None
    (folder / "data" / "train.jsonl").write_text('{"id": "half')
    (folder / "data" / "model" / "extra").touch()


def leave_scorer(state: DemoState, folder: Path) -> None:
    state.scorer = None
    (folder / "data" / "scorer" / "model.safetensors").write_bytes(b"half")
    (folder / "data" / "scorer" / "extra").touch()


@pytest.mark.parametrize("leave", [leave_data, leave_scorer])
def test_what_a_kill_left_half_done_is_made_anew(
    whole: Whole, tmp_path: Path, leave: Callable[[DemoState, Path], None]
) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(whole.folder, folder)
    state = msgspec.json.decode((folder / "demo.json").read_bytes(), type=DemoState)
    found = state.scorer
    leave(state, folder)
    steps: list[str] = []
    again = demo.prepare(
        folder, state, Clock(folder, state), lambda stage, *_: steps.append(stage), scorer_steps=4
    )
    assert (again, state.data, state.scorer) == (found, True, found)
    assert steps == ["data", "data", "scorer", "scorer"][1 if leave is leave_scorer else 0 :]
    assert hashes(folder / "data") == hashes(whole.folder / "data")


def test_full_disk_is_one_line_and_gone_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, seed: int) -> None:
        raise OSError(ENOSPC, "No space left on device", str(folder))

    monkeypatch.setattr(demo, "write_digits", full)
    with pytest.raises(ConfigError, match=r"expected room on the disk.*go on with --resume"):
        tiny_demo.run_tiny(tmp_path / "demo")
    check_folder(tmp_path / "demo", resume=True)


# option, what the one line says
OPTIONS = [
    ("output=there", r"--set output: expected --output"),
    ("seed=3", r"--set seed: expected --seed"),
    ("stages.nowhere.options.max_steps=1", r"stages\.nowhere"),
    ("stages.reasoning.options.max_stepz=1", r"max_stepz: unknown to TRL, did you mean"),
    ("stages", r"expected PATH=VALUE"),
]


@pytest.mark.parametrize(("option", "message"), OPTIONS)
def test_bad_option_is_found_before_anything_is_written(
    tmp_path: Path, option: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        demo.run_demo(tmp_path / "demo", 0, [option])
    assert not (tmp_path / "demo").exists()


def test_recipe_by_itself_is_the_demo_s_in_its_default_folder() -> None:
    ours, shipped = demo_recipe(Path("rewardkit-demo"), 0, []), load_recipe("digits")
    assert ours == shipped
    assert fingerprint_of(ours) == fingerprint_of(shipped)


def test_recipe_pays_what_the_scorer_was_measured_with() -> None:
    stage = load_recipe("digits").stages["perception"]
    assert isinstance(stage, Grpo) and isinstance(stage.reward, Weighted)
    scorer = stage.reward.parts["clip"].reward
    assert scorer == decode(perception_reward("rewardkit-demo/data/scorer"))
    assert list(stage.reward.parts) == ["clip", "perception", "format", "length"]
