"""What a text can be read as. Readings never change, so they are cached and shared by threads."""

from typing import Literal, TypeAlias

import msgspec

from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.intervals import Intervals
from rewardkit.verifiers.math.units import Unit


class Quantity(msgspec.Struct, frozen=True, eq=False):
    """A number or expression, with what was written around it.

    Attributes:
        form: The exact value, in the unit as written; of a percentage the share (25 % is 1/4).
        step: Where the text is one decimal literal, the exponent of ten of its last digit (-2 for
            0.33), else None.
        figures: Its significant digits, 0 where the text is no decimal literal.
        decimals: Its digits after the mark, as written.
        unit: Its unit, None without.
        noun: What was counted, in lower case ("objects").
        percent: Whether a percent sign or word was there.
        inexact: Whether a decimal is part of a longer expression, so that its precision is unknown.
        loose: Whether a single letter after the number may be a unit or a variable.
    """

    form: Form
    step: int | None = None
    figures: int = 0
    decimals: int = 0
    unit: Unit | None = None
    noun: str = ""
    percent: bool = False
    loose: bool = False
    inexact: bool = False


class Items(msgspec.Struct, frozen=True, eq=False):
    """Several values; `bare` is written without brackets, `or` with that word between them."""

    kind: Literal["tuple", "list", "set", "bare", "or", "vector", "row"]
    items: tuple["Value", ...]


class Grid(msgspec.Struct, frozen=True, eq=False):
    """A matrix with two rows and columns at least."""

    rows: tuple[tuple["Value", ...], ...]


class Labelled(msgspec.Struct, frozen=True, eq=False):
    """`x = 5`, or with an argument `f(x) = 2x`."""

    label: str
    value: "Value"
    argument: str = ""


class Relation(msgspec.Struct, frozen=True, eq=False):
    """An equation or inequality that is not solved for one variable: form, sign, 0."""

    form: Form
    sign: Literal["=", "!=", "<", "<="]


class Falsehood(msgspec.Struct, frozen=True, eq=False):
    """Numbers said to be equal that are not, such as `1 = 0`."""

    text: str


class InBase(msgspec.Struct, frozen=True):
    """Digits written with a base, such as `101_2`."""

    digits: str
    base: int


class Ratio(msgspec.Struct, frozen=True, eq=False):
    """`2:3` or `1:2:3`; `clock` where it may be a time of day."""

    parts: tuple[Form, ...]
    clock: bool = False


class Clock(msgspec.Struct, frozen=True):
    """A time of day, in seconds after midnight."""

    seconds: int


class Letter(msgspec.Struct, frozen=True):
    """The letter of a choice; `marked` where brackets or a text wrapper say so."""

    name: str
    marked: bool


class Words(msgspec.Struct, frozen=True):
    """A text, in lower case, with single spaces, without articles and full stops."""

    text: str


class Choice(msgspec.Struct, frozen=True, eq=False):
    """An option with its letter and what it says: `(B) 12`."""

    name: str
    value: "Value"


class Family(msgspec.Struct, frozen=True, eq=False):
    """A value for each number that its letter can be: `over` the whole or the natural numbers."""

    value: "Value"
    name: str
    over: Literal["Z", "N"] = "Z"


class Sequence(msgspec.Struct, frozen=True, eq=False):
    """Terms, an ellipsis, and the terms after it."""

    first: tuple["Value", ...]
    last: tuple["Value", ...]


class Vague(msgspec.Struct, frozen=True, eq=False):
    """A value with words that leave it open: about 5, at least 5, 5 or so.

    Attributes:
        kind: `about` where a rounded value is meant, `bound` where something else is.
        value: The value that is named, None where it could not be read.
    """

    kind: Literal["about", "bound"]
    value: "Value | None"


Value: TypeAlias = (
    Quantity
    | Items
    | Grid
    | Intervals
    | Labelled
    | Relation
    | Falsehood
    | InBase
    | Ratio
    | Clock
    | Letter
    | Words
    | Vague
    | Family
    | Sequence
    | Choice
)
"""Any reading."""
