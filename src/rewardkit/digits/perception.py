"""The reward for a description of two digits: each claim is looked for in the image."""

from typing import Any, Final

from rewardkit.digits.questions import claims

CLAIMS: Final = tuple(claims(digit, digit)[side] for side in (0, 1) for digit in range(10))
"""All that can be rightly said of one side of an image."""


def perception_reward(model: str) -> dict[str, Any]:
    """A reward that pays the `<think>` section for claims that the image shows.

    Args:
        model: The folder of a scorer, from `train_scorer`.

    Returns:
        The configuration of a `phrase-alignment`, as a recipe or a YAML file holds it.

    >>> perception_reward("scorer")["kind"], CLAIMS[3]
    ('phrase-alignment', 'left is 3')
    """
    return {
        "kind": "phrase-alignment",
        "encoder": {"kind": "fg-clip", "model": model, "device": "cpu", "threads": 1},
        "template": "think-answer",
        "section": "think",
        "split": "clauses",
        "where": "region",
        "distractors": list(CLAIMS),
    }
