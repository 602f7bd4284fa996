"""Tokens cut at the signs that hold an answer together: commas, brackets, relation signs."""

from collections.abc import Collection

from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.work import Unreadable

_OPEN = frozenset(("(", "[", "{", "\\{"))
_CLOSE = frozenset((")", "]", "}", "\\}"))


def split(tokens: list[Token], marks: Collection[Token]) -> tuple[list[list[Token]], list[Token]]:
    """The pieces between marks outside of all brackets, and the marks.

    Raises:
        Unreadable: When a bracket closes that was not opened, or stays open.

    >>> split([("n", "1"), ("s", ","), ("n", "2")], [("s", ",")])
    ([[('n', '1')], [('n', '2')]], [('s', ',')])
    """
    pieces: list[list[Token]] = [[]]
    found: list[Token] = []
    depth, matrix = 0, False
    for token in tokens:
        if token[0] == "m":
            matrix = not matrix
        elif token[0] == "s":
            if token[1] in _OPEN:
                depth += 1
            elif token[1] in _CLOSE:
                depth -= 1
                if depth < 0:
                    raise Unreadable("a bracket that was not opened")
        if depth == 0 and not matrix and token in marks:
            found.append(token)
            pieces.append([])
        else:
            pieces[-1].append(token)
    if depth or matrix:
        raise Unreadable("a bracket that stays open")
    return pieces, found


def nesting(tokens: list[Token]) -> int:
    """How deep the brackets go."""
    depth = deepest = 0
    for kind, value in tokens:
        if kind == "s":
            depth += (value in _OPEN) - (value in _CLOSE)
            deepest = max(deepest, depth)
    return deepest


def enclosed(tokens: list[Token]) -> bool:
    """Whether the first token's bracket closes with the last token."""
    if len(tokens) < 2 or tokens[0][1] not in _OPEN or tokens[0][0] != "s":
        return False
    depth = 0
    for k, (kind, value) in enumerate(tokens):
        if kind == "s" and value in _OPEN:
            depth += 1
        elif kind == "s" and value in _CLOSE:
            depth -= 1
            if depth == 0:
                return k == len(tokens) - 1
    return False


def connectors(tokens: list[Token]) -> list[Token]:
    """The words `and` and `or` as tokens of their own kind."""
    found: list[Token] = []
    for kind, value in tokens:
        word = value.strip(" ,").lower() if kind in ("w", "t") else ""
        if word in ("or", "或") or (kind, value) == ("c", "lor"):
            found.append(("k", "or"))
        elif word in ("and", "和", "与") or (kind, value) in (("c", "land"), ("s", "\\&")):
            found.append(("k", "and"))
        elif word == "only" and not found:
            continue
        else:
            found.append((kind, value))
    return found


def set_differences(tokens: list[Token]) -> list[Token]:
    r"""A minus sign between two sets as \setminus."""
    found = list(tokens)
    for k in range(1, len(found) - 1):
        if (
            found[k] == ("s", "-")
            and found[k + 1] == ("s", "\\{")
            and (
                found[k - 1][1] in ("\\}", ")", "]")
                or [value for _, value in found[max(0, k - 4) : k]] == ["mathbb", "{", "R", "}"]
            )
        ):
            found[k] = ("c", "setminus")
    return found
