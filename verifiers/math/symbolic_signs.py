"""Plus-minus signs: the readings of a formula with such signs in it."""

from collections.abc import Iterable, Sequence

from rewardkit.verifiers.math.symbolic_qualifiers import CLOSE, OPEN, split
from rewardkit.verifiers.math.symbolic_tokens import Unreadable


def has_sign(tokens: Sequence[str]) -> bool:
    """Whether a plus-minus or minus-plus sign stands in the tokens."""
    return "\\pm" in tokens or "\\mp" in tokens


def versions(tokens: list[str]) -> Iterable[list[str]]:
    """Plus-minus signs go together inside of one formula, each for itself in a tuple's places.

    Raises:
        Unreadable: When more than four places of a tuple have signs.
    """
    parts, _ = (
        split(tokens[1:-1], frozenset({","}))
        if tokens[0] in OPEN and tokens[-1] in CLOSE
        else ([tokens], [])
    )
    if len(parts) == 1:
        yield _signed(tokens, plus=True)
        yield _signed(tokens, plus=False)
        return
    places = [n for n, part in enumerate(parts) if has_sign(part)]
    if len(places) > 4:
        raise Unreadable("more than four plus-minus signs")
    for choice in range(2 ** len(places)):
        chosen = {place: bool(choice >> bit & 1) for bit, place in enumerate(places)}
        body: list[str] = [tokens[0]]
        for n, part in enumerate(parts):
            body += ([","] if n else []) + _signed(part, chosen.get(n, True))
        yield [*body, tokens[-1]]


def _signed(tokens: list[str], plus: bool) -> list[str]:
    signs = {"\\pm": "+" if plus else "-", "\\mp": "-" if plus else "+"}
    return [signs.get(token, token) for token in tokens]
