"""The alarm: reward up and held-out accuracy down by more than chance, and nothing less."""

import pytest

from rewardkit.analysis.alarm import ACCURACY, reward_is_cheated


def history(*looks: tuple[float, float]) -> list[dict[str, float]]:
    """What is logged when each look at an accuracy follows steps of a mean reward."""
    return [row for reward, seen in looks for row in ({"reward": reward}, {ACCURACY: seen})]


# name, mean reward and accuracy of each look, whether it rings
LOOKS: list[tuple[str, list[tuple[float, float]], bool]] = [
    ("up and down", [(0.2, 0.8), (0.6, 0.4)], True),
    ("down from the best look, not the last", [(0.2, 0.8), (0.3, 0.6), (0.6, 0.4)], True),
    ("both up", [(0.2, 0.4), (0.6, 0.8)], False),
    ("both down", [(0.6, 0.8), (0.2, 0.4)], False),
    ("within chance", [(0.2, 0.8), (0.6, 0.75)], False),
    ("reward as it was", [(0.6, 0.8), (0.6, 0.4)], False),
    ("first look", [(0.6, 0.0)], False),
    ("nothing yet", [], False),
]


@pytest.mark.parametrize(("looks", "rings"), [row[1:] for row in LOOKS], ids=[r[0] for r in LOOKS])
def test_alarm(looks: list[tuple[float, float]], rings: bool) -> None:
    assert reward_is_cheated(history(*looks), rows=100) is rings


def test_fewer_questions_need_a_deeper_fall() -> None:
    looks = history((0.2, 0.8), (0.6, 0.6))
    assert reward_is_cheated(looks, rows=100)
    assert not reward_is_cheated(looks, rows=10)
