"""Letters, names and function calls of formulas, and the reader that they are read with."""

from typing import Protocol

import sympy
from sympy import Expr, Symbol

OPENERS = {"(": ")", "[": "]", "{": "}", "\\{": "\\}", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil"}
FUNCTION_LETTERS = frozenset("fghFGHPQ")


class Reader(Protocol):
    """What reading a part of a formula needs of the whole's reader."""

    def peek(self) -> str:
        """The next token, empty at the end."""

    def take(self) -> str:
        """The next token, which is done with."""

    def expect(self, token: str) -> None:
        """Take a token that must be there."""

    def sum(self) -> Expr:
        """Terms between plus and minus signs."""

    def factor(self) -> Expr:
        """An atom with its powers and factorials."""

    def signed_factor(self) -> Expr:
        """A factor behind any number of signs."""

    def starts_factor(self, token: str) -> bool:
        """Whether a factor can begin with a token."""

    def exponent(self) -> Expr:
        """What stands behind a power's sign."""

    def group(self, closer: str) -> Expr:
        """A sum up to its closing bracket."""

    def argument(self) -> Expr:
        """What stands behind a command: a group, one digit or one atom."""

    def atom(self) -> Expr:
        """A number, a name, a command or a group."""


def letter(reader: Reader, token: str) -> Expr:
    """A letter: a constant, or a variable with its index and primes."""
    if reader.peek() == "_" or reader.peek() == "'":
        return symbol(reader, token)
    if token == "e":
        return sympy.E
    if token == "i":
        return sympy.I
    return symbol(reader, token)


def symbol(reader: Reader, name: str) -> Expr:
    """A name with its index and primes, or a call of the function of that name."""
    if reader.peek() == "_":
        reader.take()
        name += "_" + _index(reader)
    while reader.peek() == "'":
        name += reader.take()
    if name[0] in FUNCTION_LETTERS and reader.peek() == "(":
        reader.take()
        return sympy.Function(name)(*arguments(reader, ")"))
    return Symbol(name)


def _index(reader: Reader) -> str:
    if reader.peek() != "{":
        return reader.take()
    depth = 0
    parts: list[str] = []
    while True:
        token = reader.take()
        depth += (token == "{") - (token == "}")
        if depth == 0:
            return "".join(parts)
        if token != "{":
            parts.append(token)


def arguments(reader: Reader, closer: str) -> list[Expr]:
    """Arguments between commas up to the closing bracket."""
    values = [reader.sum()]
    while reader.peek() == ",":
        reader.take()
        values.append(reader.sum())
    reader.expect(closer)
    return values
