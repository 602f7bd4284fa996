"""`rewardkit calibrate` as a user runs it."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch
from digit_pairs import EXAMPLE, shipped
from rich.console import Console
from tiny_clip import clip_folder, fgclip_folder

from rewardkit.analysis.calibrating import calibrate_part
from rewardkit.analysis.drawing import Draw
from rewardkit.analysis.model_parts import cosine_parts
from rewardkit.cli.calibrate import calibrate as calibrate_all
from rewardkit.cli.calibrate import load, settable, with_options
from rewardkit.cli.calibrate_tables import quantiles, tables
from rewardkit.cli.results import render
from rewardkit.errors import ConfigError
from rewardkit.rewards import Best, ClipScore, Constant, Part, RefCaption, Weighted, load_reward
from rewardkit.rewards.encoders import TransformersClip
from rewardkit.types import Rollout

ROOT = EXAMPLE.parents[1]
TINY = TransformersClip(model=clip_folder())
YAML = f"""\
kind: weighted
parts:
  clip:
    weight: 1
    kind: clip-score
    form: cosine
    saturate_at: published
    encoder: {{kind: transformers, model: {clip_folder()}}}
"""


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """The machine is shared, and the models are tiny."""
    torch.set_num_threads(1)


@pytest.mark.slow
def test_proposes_a_saturation_that_the_same_reward_then_takes(
    calibrate: Callable[..., subprocess.CompletedProcess[str]], data: Path
) -> None:
    (data / "r.yaml").write_text(YAML)

    result = calibrate("x.jsonl", "--reward", "r.yaml")

    assert result.returncode == 0, result.stderr
    last = result.stdout.splitlines()[-1]
    assert last.startswith("--set parts.clip.saturate_at=0.")
    assert "clip: transformers" in result.stdout
    assert "text truncated: 0.0 % of the pairs" in result.stdout
    path, _, value = last.removeprefix("--set ").partition("=")
    load_reward(str(data / "r.yaml"), options={path: float(value)})


@pytest.mark.slow
def test_json_goes_to_a_file_and_is_the_same_twice(
    calibrate: Callable[..., subprocess.CompletedProcess[str]], data: Path
) -> None:
    (data / "r.yaml").write_text(YAML)
    command = ("x.jsonl", "-r", "r.yaml", "--json", "--text", "reference", "--limit", "30", "-q")

    results = [calibrate(*command, "-o", name) for name in ("a.json", "b.json")]

    assert [(result.returncode, result.stdout, result.stderr) for result in results] == [
        (0, "", "")
    ] * 2
    report = json.loads((data / "a.json").read_text())
    assert report == json.loads((data / "b.json").read_text())
    assert (report["rows"], report["drawn"], report["text"]) == (48, 30, "reference")
    [part] = report["parts"]
    assert part["auc"] > 0.7
    assert part["matching"]["q05"] <= part["matching"]["q50"] <= part["matching"]["q99"]
    assert part["mismatched"]["pairs"] == 4 * part["matching"]["pairs"]
    [option] = report["options"]
    assert option["option"] == f"--set parts.clip.saturate_at={option['saturate_at']:g}"


def bad_place(kind: str, folder: Path) -> tuple[list[str], int, str]:
    """Arguments that can't work, the exit code, and what the one line must say."""
    (folder / "r.yaml").write_text(YAML)
    (folder / "empty.jsonl").write_text("")
    (folder / "gone.yaml").write_text(YAML.replace(clip_folder(), "./gone"))
    fine = ["x.jsonl", "-r", "r.yaml"]
    return {
        "no such part": (["x.jsonl", "-r", "r1"], 2, "expected a clip-score or ref-caption"),
        "missing checkpoint": (["x.jsonl", "-r", "gone.yaml"], 2, "gone"),
        "missing data": (["no.jsonl", "-r", "r.yaml"], 2, "expected a file, got nothing"),
        "empty data": (["empty.jsonl", "-r", "r.yaml"], 1, "expected rollouts, got none"),
        "text": ([*fine, "--text", "caption"], 2, "--text: expected completion or reference"),
        "own input": ([*fine, "-o", "x.jsonl"], 2, "expected an output that is not an input"),
        "no folder": (  # found out before any work: before the model, which isn't there either
            ["x.jsonl", "-r", "gone.yaml", "-o", "no/x.json"],
            2,
            "no/x.json: expected a folder no",
        ),
        "option": ([*fine, "--set", "parts.clip.saturated=1"], 2, "did you mean 'saturate_at'"),
        "limit": ([*fine, "--limit", "0"], 2, "--limit"),
    }[kind]


KINDS = [
    "no such part",
    "missing checkpoint",
    "missing data",
    "empty data",
    "text",
    "own input",
    "no folder",
    "option",
    "limit",
]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_is_one_clear_line(
    calibrate: Callable[..., subprocess.CompletedProcess[str]], data: Path, kind: str
) -> None:
    args, code, message = bad_place(kind, data)

    result = calibrate(*args)

    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("rewardkit: error: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr


@pytest.mark.slow
def test_what_a_users_file_prints_stays_out_of_the_json(
    calibrate: Callable[..., subprocess.CompletedProcess[str]], data: Path
) -> None:
    (data / "mine.py").write_text(
        "from rewardkit.rewards import ClipScore\n"
        "from rewardkit.rewards.encoders import TransformersClip\n"
        "print('read')\n"
        f"mine = ClipScore(encoder=TransformersClip(model={clip_folder()!r}), form='cosine')\n"
    )

    result = calibrate("x.jsonl", "-r", "mine.py:mine", "--json")

    assert result.returncode == 0, result.stderr
    [option] = json.loads(result.stdout)["options"]
    assert option["option"] is None
    assert "read" in result.stderr


@pytest.mark.slow
def test_nothing_to_propose_is_exit_1_with_all_figures(
    calibrate: Callable[..., subprocess.CompletedProcess[str]], data: Path
) -> None:
    (data / "r.yaml").write_text(YAML)
    (data / "one.jsonl").write_text((data / "x.jsonl").read_text().partition("\n")[0])

    result = calibrate("one.jsonl", "-r", "r.yaml", "--json")

    assert result.returncode == 1, result.stderr
    [part] = json.loads(result.stdout)["parts"]
    assert (part["matching"]["pairs"], part["mismatched"]["pairs"], part["auc"]) == (1, 0, None)
    assert part["proposal"]["weak"]


@pytest.mark.parametrize("remote", [False, True])
def test_remote_images_need_the_option(
    data: Path, remote: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    (data / "r.yaml").write_text(YAML)

    loaded = load(str(data / "r.yaml"), {}, remote)

    [part] = cosine_parts(loaded).values()
    assert isinstance(part, ClipScore)
    assert part.allow_remote_images is remote


def test_the_options_of_the_draws_arrive(rows: list[Rollout]) -> None:
    part = ClipScore(encoder=TINY, form="cosine")
    drawn = Draw([("x.jsonl", row) for row in rows], 99, 3, "x.jsonl:1: bad")

    report = calibrate_all(part, drawn, "reference", 2, 5)

    assert report.parts == [calibrate_part("", part, rows, text="reference", each=2, seed=5)]
    assert (report.rows, report.drawn, report.rejected) == (99, len(rows), 3)
    assert (report.text, report.mismatches, report.seed) == ("reference", 2, 5)


def test_tables_say_what_the_figures_are(rows: list[Rollout]) -> None:
    part = ClipScore(encoder=TINY, form="cosine")
    gaps = [Rollout(completion="x"), Rollout(completion="", images=rows[0].images)]
    drawn = Draw([("x.jsonl", row) for row in [*gaps, *rows]], 50, 0, "")

    report = with_options(calibrate_all(part, drawn, "completion", 4, 0), "none", {})
    text = render(tables(report))

    [found] = report.parts
    proposal = found.proposal
    full, by_chance = proposal.matching_in_full, proposal.mismatched_in_full
    assert full is not None
    assert by_chance is not None
    assert full != by_chance
    assert f"{100 * full:.1f} % in full; mismatched ones" in text
    assert f", {100 * by_chance:.1f} % in full\n" in text
    for name, side in [
        ("pairs", (found.matching.pairs, found.mismatched.pairs)),
        ("mean", (found.matching.mean, found.mismatched.mean)),
        ("1 %", (found.matching.q01, found.mismatched.q01)),
        ("50 %", (found.matching.q50, found.mismatched.q50)),
        ("99 %", (found.matching.q99, found.mismatched.q99)),
    ]:
        shown = [f"{figure:.4g}" for figure in side if figure is not None]
        assert [name, *shown] in [line.strip().rsplit(maxsplit=2) for line in text.splitlines()]
    assert "not seen: 1 of 50 rows, first: image missing" in text
    assert "no text: 1 of 50 rows, first: empty text" in text
    assert text.endswith(f"saturate_at: {proposal.saturate_at:g} (in the file)\n")


def test_tables_fit_a_narrow_window(rows: list[Rollout]) -> None:
    part = ClipScore(encoder=TINY, form="cosine")
    report = calibrate_all(part, Draw([("", row) for row in rows], 48, 0, ""), "completion", 4, 0)
    assert (
        quantiles(report.parts[0])
        .__rich_measure__(Console(width=40), Console(width=40).options)
        .minimum
        <= 40
    )


def test_the_pages_show_what_the_example_gives() -> None:
    """Figures of the shipped checkpoint, which may be trained anew: the pages must follow."""
    lines = [
        msgspec.json.decode(line) for line in (EXAMPLE / "rollouts.jsonl").read_bytes().splitlines()
    ]
    rows = [
        Rollout(
            completion=line["completion"],
            images=[str(EXAMPLE / name) for name in line["images"]],
            reference=line["caption"],
        )
        for line in lines
    ]
    part = ClipScore(
        encoder=shipped(),
        form="cosine",
        text_mode="long",
        template="pebr",
        section="description",
    )
    captions = calibrate_part("parts.clip", part, rows, text="reference")
    replies = calibrate_part("parts.clip", part, rows)
    page = (ROOT / "docs/commands/calibrate.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for text in (page, readme):
        shown = re.findall(r"--set parts.clip.saturate_at=([0-9.]+)", text)
        assert [float(one) for one in shown] == [
            pytest.approx(captions.proposal.saturate_at, abs=0.001)
        ]
    assert captions.matching.mean is not None
    assert captions.mismatched.q99 is not None
    [mean] = re.findall(r"mean +([0-9.]+)", page)
    [last] = re.findall(r"99 % +[0-9.]+ +([0-9.]+)", page)
    [auc] = re.findall(r"give an AUC of ([0-9.]+)", page)
    assert float(mean) == pytest.approx(captions.matching.mean, abs=0.001)
    assert float(last) == pytest.approx(captions.mismatched.q99, abs=0.001)
    assert float(auc) == pytest.approx(replies.auc, abs=0.006)


def test_finds_parts_wherever_they_stand() -> None:
    clip, caption = ClipScore(encoder=TINY), RefCaption(encoder=TINY)
    reward = Weighted(
        {
            "a": Part(1.0, clip),
            "b": Part(1.0, Best({"c": caption, "d": Constant(1.0)})),
            "e": Part(1.0, Constant(1.0)),
        }
    )
    assert cosine_parts(reward) == {"parts.a": clip, "parts.b.rewards.c": caption}
    assert cosine_parts(clip) == {"": clip}
    with pytest.raises(ConfigError, match="expected a clip-score or ref-caption"):
        cosine_parts(Constant(1.0))


def test_the_option_is_given_only_where_it_works() -> None:
    changes: dict[str, object] = {"parts.clip.encoder.model": fgclip_folder()}
    assert settable("pebr-stage1", changes, "parts.clip", 0.25) == (
        "--set parts.clip.saturate_at=0.25"
    )
    assert settable("pebr-stage1", changes, "parts.clop", 0.25) is None
    no_cosine: dict[str, object] = {"parts.clip.form": "clipscore", "parts.clip.saturate_at": None}
    assert settable("pebr-stage1", no_cosine, "parts.clip", 0.25) is None
