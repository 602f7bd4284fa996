"""The figures of a summary against a slow reference."""

import statistics

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.summarising import Summary, summarise
from rewardkit.scored import KeptRow, PartScore

VALUES = st.sampled_from([None, 0.0, 0.25, 1.0])


def row(
    group: str, reward: float | None, scores: dict[str, float | None] | None = None, more: str = ""
) -> KeptRow:
    parts = {
        name: PartScore(value, "timeout" if value is None else "5 is not 7")
        for name, value in (scores or {}).items()
    }
    status = "unjudged" if reward is None else "scored"
    line = {"id": "1", "group": group, "reward": reward, "status": status, "scores": parts}
    text = msgspec.json.encode(line)[:-1] + (f",{more}" if more else "").encode() + b"}"
    return msgspec.json.decode(text, type=KeptRow)


def test_nothing_gives_nulls_and_never_zeros() -> None:
    report = summarise([])
    assert (report.rows, report.groups, report.correctness) == (0, 0, "reward")
    assert (report.reward.mean, report.reward.std, report.reward.min) == (None, None, None)
    assert report.reward.groups.share is None
    assert [found.value for found in report.pass_at_k] == [None]
    assert report.length is None


def test_unjudged_rows_are_left_out_of_means_and_told_with_their_reasons() -> None:
    report = summarise([row("q", None, {"a": None, "b": 1.0}), row("q", 1.0, {"a": 1.0})])
    assert (report.scored, report.unjudged, report.errors) == (1, 1, 0)
    assert report.reward.mean == 1.0
    assert [(r.reason, r.count) for r in report.reward.unjudged_reasons] == [("a: timeout", 1)]
    assert [r.reason for r in report.parts["a"].unjudged_reasons] == ["timeout"]
    b = report.parts["b"]
    assert (b.judged, b.unjudged, b.absent) == (1, 0, 1)


def test_errors_are_told_apart() -> None:
    failed = msgspec.structs.replace(row("q", None), status="error")
    report = summarise([failed])
    assert (report.unjudged, report.errors) == (0, 1)
    assert report.reward.unjudged_reasons[0].reason == "status error, no reason given"


def test_reasons_of_what_is_not_right() -> None:
    report = summarise([row("q", 0.5, {"a": 0.5}), row("q", 1.0, {"a": 1.0})])
    assert [(r.reason, r.count) for r in report.parts["a"].low_reasons] == [("… is not …", 1)]
    assert report.reward.low_reasons == []


@pytest.mark.parametrize(
    ("lines", "unit", "rows"),
    [
        pytest.param(['"completion_tokens":3'], "tokens", 1, id="tokens"),
        pytest.param(['"completion":"abc"'], "characters", 1, id="characters"),
        pytest.param(
            ['"completion_tokens":3,"completion":"abc"', '"completion":"abc"'],
            "tokens",
            1,
            id="tokens are not mixed with characters",
        ),
        pytest.param(
            ['"completion_tokens":3', '"completion":"a"', '"completion":"a"'],
            "characters",
            2,
            id="what more rows have",
        ),
    ],
)
def test_length_unit(lines: list[str], unit: str, rows: int) -> None:
    length = summarise([row("q", 1.0, more=more) for more in lines]).length
    assert length is not None
    assert (length.unit, length.rows) == (unit, rows)


def test_an_unjudged_row_has_no_part_in_the_lengths() -> None:
    assert summarise([row("q", None, more='"completion_tokens":3')]).length is None


def test_a_part_may_be_called_reward() -> None:
    summary = Summary()
    summary.add(row("q", 0.0, {"reward": 1.0}))
    assert summary.report("reward").pass_at_k[0].value == 0.0


@given(st.lists(st.tuples(st.sampled_from("pqr"), VALUES, VALUES), max_size=30))
def test_agrees_with_a_slow_reference(
    drawn: list[tuple[str, float | None, float | None]],
) -> None:
    report = summarise([row(g, reward, {"accuracy": part}) for g, reward, part in drawn])
    for figures, place in ((report.reward, 1), (report.parts.get("accuracy"), 2)):
        values = [entry[place] for entry in drawn]
        judged = [value for value in values if isinstance(value, float)]
        if figures is None:
            assert not drawn
            continue
        assert (figures.judged, figures.unjudged) == (len(judged), values.count(None))
        assert figures.mean == (pytest.approx(statistics.fmean(judged)) if judged else None)
        if len(judged) > 1:
            assert figures.std == pytest.approx(statistics.stdev(judged))
        assert sum(figures.histogram) == len(judged)
    msgspec.json.encode(report)
    shuffled = summarise([row(g, r, {"accuracy": p}) for g, r, p in reversed(drawn)])
    assert shuffled.pass_at_k == report.pass_at_k


def test_total_is_all_right_only_at_its_highest_value() -> None:
    """Format alone gives a total of 1 where accuracy and format are summed."""
    rows = [
        row(group, accuracy + 1.0, {"accuracy": accuracy, "format": 1.0})
        for group, accuracy in (("a", 1.0), ("b", 0.0))
        for _ in range(2)
    ]

    report = summarise(rows)

    assert (report.reward.groups.all_right, report.reward.groups.all_wrong) == (1, 1)
    assert report.parts["accuracy"].groups.all_right == 1
    assert summarise(rows[:2]).reward.groups.all_right == 1
