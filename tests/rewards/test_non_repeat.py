"""Non-repeat: which sentences count as said over again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import NonRepeat
from rewardkit.types import Rollout


def value(text: str, **options: object) -> float | None:
    reward = NonRepeat(**options)  # type: ignore[arg-type]  # options of the test
    return reward([Rollout(completion=text)])[0].value


def short(value: object) -> str | None:
    """A test's name, for texts that may be long."""
    return value[:30] if isinstance(value, str) else None


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("no repetition", "It is red. It is big.", 1.0),
        ("one sentence", "It is red", 1.0),
        ("one repetition", "It is red. It is red.", 1.0),
        ("two of one sentence", "It is red. It is red. It is red.", 0.0),
        ("two of two sentences", "A. B. A. B.", 0.0),
        ("white space", " It is red.It is red .\nIt is red", 0.0),
        ("another case", "It is red. IT IS RED. it is red.", 1.0),
        ("full stops alone", "......", 0.0),
        ("empty", "", 0.0),
        ("decimals", "0.5 0.5 0.5", 1.0),
        ("decimals again", "1.5, 1.5, 1.5, 1.5", 0.0),
        ("not a full stop", "红。红。红。", 1.0),
        ("huge", "no. " * 300_000, 0.0),
    ],
    ids=short,
)
def test_value(name: str, text: str, expected: float) -> None:
    assert value(text) == expected, name


def test_allowed() -> None:
    assert [value("A. A. A.", allowed=count) for count in (0, 1, 2)] == [0.0, 0.0, 1.0]
    assert value("A. A.", allowed=0) == 0.0


def test_only_the_section_is_read() -> None:
    reply = "<think>A. A. A.</think><answer>7</answer>"

    assert value(reply, template="think-answer", section="think") == 0.0
    assert value(reply, template="think-answer", section="answer") == 1.0
    assert value("7", template="think-answer", section="answer") == 0.0


@given(st.text(alphabet="ab. \n", max_size=60))
def test_equals_the_released_loop(text: str) -> None:
    """A sentence is counted against all before it, one after the other."""
    sentences = [part.strip() for part in text.split(".") if part.strip()]
    repeats = sum(one in sentences[:place] for place, one in enumerate(sentences))

    assert value(text) == float(bool(sentences) and repeats < 2)


def test_options_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"non-repeat\.allowed: expected at least 0, got -1"):
        NonRepeat(allowed=-1)
    with pytest.raises(ConfigError, match=r"non-repeat\.template: expected the template"):
        NonRepeat(section="x")
