"""Where in a configuration something stands, for errors that a person can act on."""

import difflib
from collections.abc import Collection, Mapping

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.suggest import did_you_mean

MAX_DEPTH = 32
"""How deep a configuration may nest, presets and files inside it included."""


class Place(msgspec.Struct, frozen=True):
    """A file and a dotted path in it.

    Attributes:
        source: What the configuration was read from, such as `r.yaml`; empty for a Python mapping.
        path: From the root, such as `parts.format.template`; empty at the root.
        depth: How many levels down.

    >>> str(Place("r.yaml").at("parts").at("format").error("expected a mapping, got int 3"))
    'r.yaml: parts.format: expected a mapping, got int 3'
    """

    source: str = ""
    path: str = ""
    depth: int = 0

    def at(self, key: str) -> "Place":
        """The place of a key in the mapping at this place.

        Raises:
            ConfigError: Below the deepest level, as in a configuration that holds itself.
        """
        if self.depth >= MAX_DEPTH:
            raise self.error(f"expected at most {MAX_DEPTH} levels, got more")
        path = f"{self.path}.{key}" if self.path else key
        return Place(self.source, path, self.depth + 1)

    def error(self, message: object) -> ConfigError:
        """An error that begins with this place."""
        where = [part for part in (self.source, self.path) if part]
        return ConfigError(": ".join([*where, str(message)]))

    def adopt(self, error: ConfigError, owner: str, options: Collection[str]) -> ConfigError:
        """An error of a value made here: the option that its message begins with joins the path.

        Args:
            error: Such as `clip.low: expected a finite number, got nan`, or the same without
                `clip.`.
            owner: What the value calls itself in front of its options, such as `clip`.
            options: The names of its options.

        >>> str(Place("r.yaml", "parts.a").adopt(ConfigError("clip.low: got nan"), "clip", ["low"]))
        'r.yaml: parts.a.low: got nan'
        """
        message = str(error).removeprefix(f"{owner}.")
        option, colon, rest = message.partition(": ")
        if colon and option.partition(".")[0] in options:
            return self.at(option).error(rest)
        return self.error(error)


def as_mapping(value: object, place: Place, what: str) -> dict[str, object]:
    """Read a mapping whose keys are strings.

    Args:
        value: What stands there.
        place: Where.
        what: What is wanted, for the error.

    Raises:
        ConfigError: When it is something else, or a key is not a string (YAML reads `yes` as true).
    """
    if not isinstance(value, Mapping):
        raise place.error(f"expected {what}, got {described(value)}")
    for key in value:
        if not isinstance(key, str):
            raise place.error(f"expected strings as keys, got {described(key)}: quote it")
    return dict(value)


def check_keys(keys: Collection[str], known: Collection[str], place: Place) -> None:
    """Refuse a key that is not known.

    Raises:
        ConfigError: Naming the key, those that there are, and the nearest.
    """
    for key in keys:
        if key not in known:
            names = ", ".join(known) or "no keys"
            near = did_you_mean(key, known).replace(", did", "; did", 1)
            raise place.at(key).error(f"unknown key, expected one of {names}{near}")


def missing(key: str, wanted: str, keys: Collection[str], place: Place) -> ConfigError:
    """The error for a key that has to be there, with the key that may be meant to be it.

    >>> print(missing("weight", "a number", ["weigth", "kind"], Place("r.yaml", "parts.a")))
    r.yaml: parts.a: missing key 'weight', expected a number; is 'weigth' meant to be it?
    """
    near = difflib.get_close_matches(key, keys, n=1, cutoff=0.7)
    hint = f"; is '{near[0]}' meant to be it?" if near else ""
    return place.error(f"missing key '{key}', expected {wanted}{hint}")


def described(value: object) -> str:
    """Name a value's type and its beginning: `int 3`, `str 'abc'`, `nothing` for None."""
    if value is None:
        return "nothing"
    if isinstance(value, int) and abs(value) > 10**60:  # digits of huge numbers are refused
        return f"{type(value).__name__} of {value.bit_length()} bits"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"
