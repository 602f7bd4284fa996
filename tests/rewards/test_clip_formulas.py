"""CLIPScore and RefCLIPScore of cosines, worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.clip_formulas import clipscore, refclipscore


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("positive", 0.3, 0.75), ("zero", 0.0, 0.0), ("negative", -0.3, 0.0), ("one", 1.0, 2.5)],
)
def test_clipscore_of_a_cosine(name: str, value: float, expected: float) -> None:
    assert clipscore(value) == pytest.approx(expected), name


@given(st.floats(0, 2.5), st.floats(-1, 1))
def test_refclipscore_lies_between_its_halves(clip_score: float, reference: float) -> None:
    value = refclipscore(clip_score, reference)
    reference = max(reference, 0.0)
    assert min(clip_score, reference) - 1e-12 <= value <= max(clip_score, reference) + 1e-12
    assert value <= 2 * 2.5 / 3.5 + 1e-12


@pytest.mark.parametrize(
    ("name", "clip_score", "reference", "expected"),
    [
        ("by hand", 0.75, 0.5, 0.6),
        ("both the same", 0.4, 0.4, 0.4),
        ("no likeness to the image", 0.0, 0.9, 0.0),
        ("no likeness to a reference", 0.75, 0.0, 0.0),
        ("opposite of every reference", 0.75, -0.2, 0.0),
        ("neither", 0.0, -1.0, 0.0),
        ("the most there is", 2.5, 1.0, 10 / 7),
        ("too small to multiply", 1e-200, 1e-200, 1e-200),
        ("too large to multiply", 1e308, 1.0, 2.0),
    ],
)
def test_refclipscore_of_its_halves(
    name: str, clip_score: float, reference: float, expected: float
) -> None:
    assert refclipscore(clip_score, reference) == pytest.approx(expected, rel=1e-12), name
