"""Brackets, and the conditions that stand beside an answer: `for all x`, `k` whole."""

from collections.abc import Sequence

from rewardkit.verifiers.math.symbolic_tokens import Unreadable

OPEN = frozenset({"(", "[", "{", "\\{", "\\langle", "\\lfloor", "\\lceil"})
CLOSE = frozenset({")", "]", "}", "\\}", "\\rangle", "\\rfloor", "\\rceil"})
QUALIFIERS = frozenset(
    {'"for', '"where', '"with', '"when', '"if', '"whenever', "\\forall", "\\exists"}
)
HARMLESS = frozenset(
    {
        '"for',
        '"where',
        '"with',
        '"all',
        '"any',
        '"every',
        '"each',
        '"real',
        '"number',
        '"numbers',
        '"reals',
        '"and',
    }
)
NUMBERS = frozenset({'"real', '"reals', '"number', '"numbers'})
ALL = frozenset({"\\mathbb:R", "\\mathbb:C"})
INTEGERS = frozenset({"\\mathbb:Z", "\\mathbb:N", '"integer', '"integers', '"whole'})


def split(tokens: Sequence[str], at: frozenset[str]) -> tuple[list[list[str]], list[str]]:
    """Split at signs outside of all brackets; returns the parts and the signs between them."""
    parts: list[list[str]] = [[]]
    signs: list[str] = []
    depth = 0
    for token in tokens:
        depth += (token in OPEN) - (token in CLOSE)
        if depth == 0 and token in at:
            signs.append(token)
            parts.append([])
        else:
            parts[-1].append(token)
    return parts, signs


def take_qualifiers(tokens: list[str]) -> tuple[list[str], list[str], set[str]]:
    r"""Set `for all x`, `k \in \mathbb{Z}` and the like apart from what they qualify."""
    parts, signs = split(tokens, frozenset({",", ";"}))
    main: list[str] = []
    condition: list[str] = []
    parameters: set[str] = set()
    for place, part in enumerate(parts):
        depth, cut = 0, len(part)
        for at, token in enumerate(part):
            depth += (token in OPEN) - (token in CLOSE)
            if depth == 0 and token in QUALIFIERS:
                cut = at
                break
        head, tail = part[:cut], part[cut:]
        if not tail and len(head) > 2 and head[-2] == "\\in" and head[-1] in INTEGERS:
            head, tail = [], head
        while len(tail) > 1 and tail[0] == "(" == part[cut - 1]:
            tail = tail[:-1]
        if tail and not _says_something(tail):
            raise Unreadable("a condition of words alone")
        named = {token for token in tail if len(token) == 1 and token.isalpha()}
        if tail and any(token in INTEGERS for token in tail):
            parameters |= named
        elif (
            tail
            and "\\exists" not in tail
            and all(
                token in HARMLESS or token in ALL or token in named or token in ("\\forall", "\\in")
                for token in tail
            )
        ):
            pass
        else:
            condition += tail
        if head:
            main += ([signs[place - 1]] if main else []) + head
    if not main:
        raise Unreadable("a condition without a value")
    return main, condition, parameters


def _says_something(tail: Sequence[str]) -> bool:
    """Whether a condition holds more than words such as `for any`."""
    return any(token[0] != '"' or token in NUMBERS or token in INTEGERS for token in tail)
