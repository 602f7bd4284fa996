"""Tokens to a sympy expression, by recursive descent; nothing is ever evaluated as Python.

latex2sympy2 reads what this reader doesn't (sums, products, integrals, limits, derivatives).
Everything else is read here, because its grammar takes `2 3` for 5, `x'` for x and `101_2` for
101 without a word.
"""

from collections.abc import Sequence

import sympy
from sympy import Expr, Symbol

from rewardkit.verifiers.math.symbolic_commands import command
from rewardkit.verifiers.math.symbolic_functions import factorial, number, power, small
from rewardkit.verifiers.math.symbolic_letters import OPENERS, letter
from rewardkit.verifiers.math.symbolic_tokens import Unreadable

BIG_OPERATORS = frozenset({"\\sum", "\\prod", "\\int", "\\iint", "\\lim", "\\oint"})


def expression(tokens: Sequence[str]) -> Expr:
    r"""Read an expression.

    Raises:
        Unreadable: When the tokens are no expression.
        TooHard: When a number in it is too large to work with.

    >>> expression(["2", "\\sqrt", "{", "3", "}"])
    2*sqrt(3)
    """
    if not tokens:
        raise Unreadable("nothing to read")
    if any(token in BIG_OPERATORS for token in tokens):
        from rewardkit.verifiers.math.symbolic_big import big_expression

        return big_expression(tokens)
    reader = _Reader(list(tokens))
    value = reader.sum()
    if reader.at < len(reader.tokens):
        raise Unreadable(f"unexpected {reader.tokens[reader.at]}")
    return value


class _Reader:
    """Recursive descent over a list of tokens; depth is bounded by the tokenizer."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.bars = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        if not token:
            raise Unreadable("the expression ends too early")
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        if self.take() != token:
            raise Unreadable(f"expected {token}")

    def sum(self) -> Expr:
        terms: list[Expr] = []
        sign = 1
        while True:
            while self.peek() in ("+", "-"):
                sign = -sign if self.take() == "-" else sign
            terms.append(sign * self.product())
            if self.peek() not in ("+", "-"):
                return sympy.Add(*terms)
            sign = 1

    def product(self) -> Expr:
        value = self.factor()
        mixed = value.is_Integer and self.tokens[self.at - 1].isdigit()
        while True:
            token = self.peek()
            if token == "*":
                self.take()
                value = value * self.signed_factor()
            elif token == "/":
                self.take()
                value = value / self.signed_factor()
            elif token == "\\bmod":
                self.take()
                value = sympy.Mod(value, self.factor())
            elif self.starts_factor(token):
                value = self._beside(value, mixed)
            else:
                return value
            mixed = False

    def _beside(self, value: Expr, mixed: bool) -> Expr:
        r"""Two factors without a sign: a product, or a mixed number `2\frac{1}{3}`."""
        first = self.peek()
        if first[0].isdigit() and self.tokens[self.at - 1][0].isdigit():
            raise Unreadable("two numbers side by side")
        start = self.at
        value_beside = self.factor()
        if mixed and first == "\\frac" and value_beside.is_Rational:
            if all(token.isdigit() or token in "{}" for token in self.tokens[start + 1 : self.at]):
                return value + value_beside
        return value * value_beside

    def signed_factor(self) -> Expr:
        sign = 1
        while self.peek() in ("+", "-"):
            sign = -sign if self.take() == "-" else sign
        return sign * self.factor()

    def starts_factor(self, token: str) -> bool:
        if not token or token in (
            "+",
            "-",
            "*",
            "/",
            "^",
            "_",
            "!",
            ",",
            ")",
            "]",
            "}",
            "\\}",
            "\\rfloor",
            "\\rceil",
        ):
            return False
        if token == "|":
            return self.bars == 0
        return token[0].isalnum() or token in OPENERS or token[0] == "\\"

    def factor(self) -> Expr:
        value = self.atom()
        while True:
            token = self.peek()
            if token == "^":
                self.take()
                if self.peek() == "\\circ" or self.tokens[self.at : self.at + 3] == [
                    "{",
                    "\\circ",
                    "}",
                ]:
                    self.at += 1 if self.peek() == "\\circ" else 3
                    value = value * sympy.pi / 180
                else:
                    value = power(value, self.exponent())
            elif token == "!":
                self.take()
                if self.peek() == "!":
                    self.take()
                    value = sympy.factorial2(small(value))
                else:
                    value = factorial(value)
            elif token == "%":
                self.take()
                value = value / 100
            elif token == "\\deg":
                self.take()
                value = value * sympy.pi / 180
            else:
                return value

    def exponent(self) -> Expr:
        if self.peek() in ("+", "-"):
            return self.signed_factor()
        if self.peek() == "*":
            return Symbol("star")
        value = self.atom()
        if self.peek() == "^":  # right to left: 2^3^2
            self.take()
            value = power(value, self.exponent())
        return value

    def group(self, closer: str) -> Expr:
        bars, self.bars = self.bars, 0
        value = self.sum()
        self.bars = bars
        self.expect(closer)
        return value

    def argument(self) -> Expr:
        r"""What stands behind `\frac` or `\sqrt`: a group, one digit or one atom."""
        if self.peek() == "{":
            self.take()
            return self.group("}")
        token = self.peek()
        if token.isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        return self.atom()

    def atom(self) -> Expr:
        token = self.take()
        if token[0].isdigit():
            if self.peek() == "_":
                raise Unreadable("a number with an index")
            return number(token)
        if token in ("\\lfloor", "\\lceil"):
            function = sympy.floor if token == "\\lfloor" else sympy.ceiling
            return function(self.group(OPENERS[token]))
        if token in ("(", "[", "{"):
            return self.group(OPENERS[token])
        if token == "|":
            self.bars += 1
            value = self.sum()
            self.bars -= 1
            self.expect("|")
            return sympy.Abs(value)
        if token[0] == "\\":
            return command(self, token[1:])
        if token.isalpha() and len(token) == 1:
            return letter(self, token)
        raise Unreadable(f"unexpected {token.lstrip(chr(34))}")
