"""A mapping to a struct: keys and refusals with their place."""

import msgspec
import pytest

from rewardkit.errors import ConfigError
from rewardkit.rewards.place import Place
from rewardkit.rewards.structs import read_struct


class Box(msgspec.Struct):
    """A struct with a renamed field and a refusal of its own."""

    width: int
    source: int = msgspec.field(default=0, name="from")

    def __post_init__(self) -> None:
        """Refuse what has no width."""
        if self.width <= 0:
            raise ConfigError(f"box.width: expected a width, got {self.width}")


def read(values: dict[str, object]) -> Box:
    return read_struct(Box, values, Place("r.yaml", "a"), lambda value, hint, place: value)


def test_fields_by_their_names_in_a_file() -> None:
    assert read({"width": 1, "from": 2}) == Box(1, 2)


# values, message
WRONG: list[tuple[dict[str, object], str]] = [
    ({"width": 1, "source": 2}, "r.yaml: a.source: unknown key, expected one of width, from"),
    ({"from": 2}, "r.yaml: a: missing key 'width', required by Box"),
    ({"width": 0}, "r.yaml: a.width: expected a width, got 0"),
]


@pytest.mark.parametrize(("values", "message"), WRONG)
def test_refusals_have_their_place(values: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{message}"):
        read(values)
