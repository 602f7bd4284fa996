"""Figures of a demo against slow references, and its plots of odd runs."""

import io
import statistics
from collections.abc import Sequence
from math import sqrt
from pathlib import Path

import msgspec
import pytest

from rewardkit.digits.accuracy_plot import held_out
from rewardkit.digits.demo_recipe import demo_recipe
from rewardkit.digits.files import write_rows
from rewardkit.digits.held_out_figures import Estimate, gain_over, mean_of, stage_figures
from rewardkit.digits.plot_style import new_figure, write_figure
from rewardkit.digits.plots import reward_parts, write_plots
from rewardkit.digits.replies import Evaluated, Reply, choose_examples, kinds_of, read_evaluations
from rewardkit.digits.step_figures import Curve, Stretch, read_stretches, smoothed
from rewardkit.digits.variance_plot import group_variance
from rewardkit.digits.world import draw_rows
from rewardkit.errors import ConfigError
from rewardkit.scored import PartScore
from rewardkit.trainer.recipe import Recipe

HOSTILE = "$\\frac{1}{0}$ <b>\x1b[31m\n" + "數字" * 500


def reply(name: str, accuracy: float, perception: float | None, completion: str = "x") -> Reply:
    return Reply(
        id=f"{name}:0",
        group=name,
        reward=accuracy,
        status="scored",
        scores={"accuracy": PartScore(accuracy), "perception": PartScore(perception)},
        completion=completion,
        completion_tokens=3,
    )


def evaluated(stage: str, values: Sequence[tuple[float, float | None]]) -> Evaluated:
    replies = {f"q{i}": reply(f"q{i}", *value) for i, value in enumerate(values)}
    return Evaluated(stage, replies)


BEFORE = [(0.0, 0.5), (1.0, 1.0), (1.0, 0.5), (0.0, 0.0), (0.0, None)]
AFTER = [(1.0, 1.0), (1.0, 1.0), (0.0, 0.5), (0.0, 0.5), (1.0, 1.0)]


def test_mean_has_the_usual_standard_error() -> None:
    values = [0.0, 1.0, 1.0, 0.5, 0.0, 1.0]
    found = mean_of([*values, None])
    assert found.value == statistics.mean(values)
    assert found.error == pytest.approx(statistics.stdev(values) / sqrt(len(values)))
    assert mean_of([None]) == Estimate(None, None)


def test_figures_leave_out_what_is_not_judged() -> None:
    found = stage_figures(evaluated("warmup", BEFORE))
    assert (found.questions, found.accuracy.value, found.tokens.value) == (5, 0.4, 3.0)
    assert found.perception.value == 0.5  # of four
    assert found.both.value == 0.25
    assert found.format == Estimate(None, None)


def test_gain_is_paired_by_question() -> None:
    start, end = evaluated("warmup", BEFORE), evaluated("rl", AFTER)
    found = gain_over(start, end)
    differences = [b - a for (a, _), (b, _) in zip(BEFORE, AFTER, strict=True)]
    assert found.accuracy.value == pytest.approx(statistics.mean(differences))
    assert found.accuracy.error == pytest.approx(statistics.stdev(differences) / sqrt(5))
    assert found.perception.value == 0.25
    reordered = Evaluated("rl", dict(reversed(list(end.replies.items()))))
    assert gain_over(start, reordered) == found


def test_examples_are_the_first_of_their_kind() -> None:
    pair = [evaluated("warmup", BEFORE), evaluated("rl", AFTER)]
    assert kinds_of(pair) == {
        "turned right": ["q0", "q4"],
        "turned wrong": ["q2"],
        "stayed right": ["q1"],
        "stayed wrong": ["q3"],
    }
    (one,) = choose_examples(pair, {"turned right": 1})
    assert [(reply.stage, reply.right) for reply in one.replies] == [
        ("warmup", False),
        ("rl", True),
    ]
    assert choose_examples([], {"turned right": 1}) == []


def test_stretches_follow_each_other_on_one_axis(tmp_path: Path) -> None:
    recipe = demo_recipe(tmp_path, 0, [])
    rows = [
        {"stage": "warmup", "step": 9, "loss": 1.0},
        {"stage": "perception", "step": 1, "parts/clip/mean": 0.25, "reward_seconds": 0.5},
        {"stage": "perception", "step": 2, "parts/clip/mean": 0.5, "parts/clip.recall/mean": 0.1},
        {"stage": "perception", "step": 2, "parts/total/mean": 0.5},
        {"stage": "reasoning", "step": 1, "parts/accuracy/mean": 0.75},
    ]
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "metrics.jsonl").write_bytes(msgspec.json.Encoder().encode_lines(rows))
    first, second = read_stretches(recipe)
    assert (first.first, first.last, second.first, second.last) == (0, 2, 2, 3)
    assert first.curve("parts/clip/mean") == Curve([1, 2], [0.25, 0.5])
    assert second.curve("parts/accuracy/mean") == Curve([3], [0.75])
    assert second.curve("parts/clip/mean") == Curve([], [])
    assert first.parts("parts/", "/mean") == ["total", "clip"]


@pytest.mark.parametrize("text", ["{", "[]", '{"stage": []}'])
def test_damaged_metrics_are_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "metrics.jsonl").write_text(text)
    with pytest.raises(ConfigError, match=r"metrics\.jsonl: expected the figures of a run"):
        read_stretches(demo_recipe(tmp_path, 0, []))


def test_smoothing_is_the_mean_around() -> None:
    values = [float(i * i % 7) for i in range(20)]
    for window in (1, 3, 9, 41):
        reach = window // 2
        slow = [
            statistics.mean([v for j, v in enumerate(values) if abs(i - j) <= reach])
            for i in range(20)
        ]
        assert smoothed(values, window) == pytest.approx(slow)
    assert smoothed([], 9) == []


EMPTY: list[list[Stretch]] = [
    [],
    [Stretch("rl", 0, 0, [])],
    [Stretch("rl", 0, 1, [{"step": 1, "parts/total/mean": 0.5, "groups/total/mixed": 1.0}])],
]


@pytest.mark.parametrize("stretches", EMPTY)
def test_runs_without_steps_are_drawn_too(stretches: list[Stretch]) -> None:
    stages = [stage_figures(evaluated("warmup", BEFORE))]
    for figure in (
        reward_parts(stretches),
        group_variance(stretches),
        held_out(stretches, stages if stretches else [], 1),
    ):
        packed = io.BytesIO()
        figure.savefig(packed, format="png")
        assert packed.tell() > 1000


def test_same_figure_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        figure = new_figure(2, 1, "title")
        figure.subplots().plot([0, 1], [0, 1])
        write_figure(figure, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


@pytest.fixture
def run(tmp_path: Path) -> Recipe:
    """A run whose policy replies what nobody wants to read."""
    recipe = demo_recipe(tmp_path, 0, [])
    (tmp_path / "data").mkdir()
    write_rows(tmp_path / "data" / "train.jsonl", draw_rows("rl", 2, 0))
    questions = draw_rows("test", 3, 0)
    write_rows(tmp_path / "data" / "test.jsonl", questions)
    for number, name in enumerate(recipe.stages, start=1):
        folder = tmp_path / "run" / f"{number}-{name}"
        folder.mkdir(parents=True)
        if name.startswith("after-"):
            replies = [reply(row["id"], 0.0, 0.0, HOSTILE) for row in questions]
            # As two processes leave them.
            (folder / "greedy.0.jsonl").write_bytes(msgspec.json.Encoder().encode_lines(replies))
            (folder / "greedy.1.jsonl").write_bytes(b"")
    (tmp_path / "run" / "metrics.jsonl").touch()
    return recipe


@pytest.mark.filterwarnings("ignore:Glyph")  # matplotlib's own font has no Chinese
def test_hostile_replies_are_drawn_as_text(run: Recipe, tmp_path: Path) -> None:
    counts: list[tuple[int, int]] = []
    paths = write_plots(tmp_path / "plots", run, lambda done, total: counts.append((done, total)))
    assert len(paths) == 4 and counts[-1] == (4, 4)


def test_missing_stage_is_one_line(run: Recipe, tmp_path: Path) -> None:
    assert [one.stage for one in read_evaluations(run)] == ["warmup", "perception", "reasoning"]
    (tmp_path / "run" / "2-after-warmup").rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="expected the folder of a stage"):
        read_evaluations(run)
