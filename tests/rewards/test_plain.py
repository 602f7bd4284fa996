"""Plain options of another type are refused when a reward is made in Python."""

import msgspec
import pytest

from rewardkit.errors import ConfigError
from rewardkit.rewards import (
    Accuracy,
    Boxes,
    Constant,
    Format,
    KeywordRecall,
    Language,
    Length,
    Repetition,
)

TYPES: dict[str, tuple[type[msgspec.Struct], dict[str, object], str]] = {
    "fraction for a count": (Repetition, {"n": 2.5}, "repetition.n: expected a whole number"),
    "text for a count": (KeywordRecall, {"max_words": "3"}, "keyword-recall.max_words: expected"),
    "true for a count": (Length, {"limit": True}, "length.limit: expected a whole number"),
    "text for a number": (Repetition, {"max_penalty": "x"}, "repetition.max_penalty: expected a"),
    "true for a number": (Constant, {"value": True}, "constant.value: expected a finite number"),
    "huge number": (Constant, {"value": 10**400}, "constant.value: expected a finite number"),
    "text for true": (Format, {"graded": "yes"}, "format.graded: expected true or false"),
    "number for a task": (Accuracy, {"task": 5}, "accuracy.task: expected a string"),
    "number for a verifier": (Accuracy, {"verifiers": {"math": 5}}, "accuracy.verifiers.math: exp"),
    "number for a language": (Language, {"language": 5}, "language.language: expected a string"),
    "three for a width and a height": (
        Boxes,
        {"frame": (1, 2, 3)},
        "boxes.frame: expected a list of 2 numbers or nothing, got tuple (1, 2, 3)",
    ),
    "texts for a range": (
        Length,
        {"shape": "cosine", "correct": Constant(1.0), "correct_range": ("a", "b")},
        "length.correct_range: expected a list of 2 numbers",
    ),
}


@pytest.mark.parametrize("row", TYPES)
def test_options_of_another_type_are_refused(row: str) -> None:
    cls, options, message = TYPES[row]
    with pytest.raises(ConfigError) as caught:
        cls(**options)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
