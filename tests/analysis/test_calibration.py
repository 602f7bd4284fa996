"""AUC, overlap, quantiles and the proposal, against slow definitions and scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from rewardkit.analysis.calibration import (
    MIN_PAIRS,
    area_under_curve,
    overlap,
    propose,
    quantile,
    spread_of,
)

COSINES = st.integers(-8, 8).map(lambda step: step / 8) | st.floats(-1, 1)
SIDE = st.lists(COSINES, min_size=1, max_size=30)
SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def slow_auc(matching: list[float], mismatched: list[float]) -> float:
    """The definition: every pair of pairs, a tie for half."""
    wins = sum((a > b) + (a == b) / 2 for a in matching for b in mismatched)
    return wins / (len(matching) * len(mismatched))


@given(SIDE, SIDE)
def test_auc_is_the_share_of_pairs_won(matching: list[float], mismatched: list[float]) -> None:
    got = area_under_curve(matching, mismatched)
    labels = [1] * len(matching) + [0] * len(mismatched)
    assert got == pytest.approx(slow_auc(matching, mismatched))
    assert got == pytest.approx(roc_auc_score(labels, matching + mismatched))


@pytest.mark.parametrize(
    ("name", "matching", "mismatched", "auc", "mistakes"),
    [
        ("apart", [0.3, 0.4], [0.1, 0.2], 1.0, 0.0),
        ("the wrong way round", [0.1], [0.2], 0.0, 1.0),
        ("all equal", [0.2, 0.2], [0.2], 0.5, 1.0),
        ("a tie", [0.3, 0.5], [0.1, 0.3], 0.875, 0.5),
        ("nothing that matches", [], [0.1], None, None),
        ("nothing mismatched", [0.1], [], None, None),
    ],
)
def test_separation(
    name: str,
    matching: list[float],
    mismatched: list[float],
    auc: float | None,
    mistakes: float | None,
) -> None:
    assert area_under_curve(matching, mismatched) == auc, name
    assert overlap(matching, mismatched) == mistakes, name


@given(SIDE, SIDE)
def test_overlap_is_what_the_best_threshold_gets_wrong(
    matching: list[float], mismatched: list[float]
) -> None:
    thresholds = [*matching, *mismatched, math.inf]
    slow = min(
        sum(a < at for a in matching) / len(matching)
        + sum(b >= at for b in mismatched) / len(mismatched)
        for at in thresholds
    )
    assert overlap(matching, mismatched) == pytest.approx(slow)


@given(SIDE)
def test_quantiles_are_numpys(scores: list[float]) -> None:
    got = spread_of(scores)
    wanted = [float(np.quantile(scores, share)) for share in SHARES]
    found = [got.q01, got.q05, got.q25, got.q50, got.q75, got.q95, got.q99]
    assert found == pytest.approx(wanted, abs=1e-12)
    assert got.mean == pytest.approx(float(np.mean(scores)))
    assert got.pairs == len(scores)
    assert quantile(sorted(scores), 0.0) == min(scores)
    assert quantile(sorted(scores), 1.0) == max(scores)


def test_nothing_has_no_quantiles() -> None:
    assert spread_of([]).mean is spread_of([]).q99 is None


GOOD = [0.2 + step / 100 for step in range(21)]
BAD = [0.05 + step / 100 for step in range(21)]


def test_proposes_the_median_of_matching_pairs() -> None:
    got = propose(GOOD, BAD)
    assert got.saturate_at == pytest.approx(0.3)
    assert got.reason == "the median of matching pairs"
    assert got.matching_in_full == pytest.approx(11 / 21)
    assert got.mismatched_in_full == 0.0
    assert got.mismatched_mean == pytest.approx(sum(BAD) / 21 / 0.3)


def test_the_proposal_has_four_digits_after_the_point() -> None:
    assert propose([0.123456] * 20, [0.01] * 20).saturate_at == 0.1235
    assert propose([0.00004] * 20, [-0.01] * 20).saturate_at is None


def test_pays_about_one_mismatched_pair_in_twenty_in_full() -> None:
    mismatched = [0.1] * 18 + [0.35, 0.36]
    got = propose(GOOD, mismatched)
    assert got.reason == "the 95 % quantile of mismatched pairs"
    assert got.mismatched_in_full is not None
    assert got.mismatched_in_full <= 0.05
    assert got.saturate_at is not None
    assert got.saturate_at > 0.3


@pytest.mark.parametrize(
    ("name", "matching", "mismatched", "reason"),
    [
        ("too few matching", GOOD[: MIN_PAIRS - 1], BAD, "expected at least 20 matching"),
        ("too few mismatched", GOOD, BAD[:3], "expected at least 20 matching and mismatched"),
        ("none at all", [], [], "expected at least 20 matching and mismatched pairs, got 0 and 0"),
        ("guessing", GOOD, GOOD, "separation too weak to use: AUC 0.500"),
        ("the wrong way round", BAD, GOOD, "separation too weak to use: AUC 0.040"),
        ("all equal", [0.2] * 30, [0.2] * 30, "separation too weak to use: AUC 0.500"),
        ("below 0", [-0.1] * 30, [-0.3] * 30, "expected cosines above 0 of matching pairs"),
    ],
)
def test_proposes_nothing_where_nothing_can_be_said(
    name: str, matching: list[float], mismatched: list[float], reason: str
) -> None:
    got = propose(matching, mismatched)
    assert got.saturate_at is None, name
    assert got.weak
    assert got.reason.startswith(reason)


@given(st.lists(COSINES, min_size=20, max_size=60), st.lists(COSINES, min_size=20, max_size=60))
def test_a_proposal_is_a_saturation_that_keeps_its_word(
    matching: list[float], mismatched: list[float]
) -> None:
    got = propose(matching, mismatched)
    if got.saturate_at is None:
        assert got.weak
        return
    assert 0.0 < got.saturate_at <= 1.0
    assert got.matching_mean is not None
    assert got.mismatched_mean is not None
    assert 0.0 <= got.matching_mean <= 1.0
    assert 0.0 <= got.mismatched_mean <= 1.0
