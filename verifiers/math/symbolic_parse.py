"""Tokens to a sympy expression, by recursive descent; nothing is ever evaluated as Python.

latex2sympy2 reads what this reader doesn't (sums, products, integrals, limits, derivatives).
Everything else is read here, because its grammar takes `2 3` for 5, `x'` for x and `101_2` for
101 without a word.
"""

from collections.abc import Sequence

import sympy
from sympy import Expr, Integer, Symbol

from rewardkit.verifiers.math.symbolic_functions import (
    FUNCTIONS,
    INVERSE,
    factorial,
    number,
    power,
    small,
)
from rewardkit.verifiers.math.symbolic_names import FUNCTION_WORDS, GREEK
from rewardkit.verifiers.math.symbolic_tokens import Unreadable

BIG_OPERATORS = frozenset({"\\sum", "\\prod", "\\int", "\\iint", "\\lim", "\\oint"})
OPENERS = {"(": ")", "[": "]", "{": "}", "\\{": "\\}", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil"}
ACCENTS = frozenset(
    "\\vec \\overline \\bar \\hat \\tilde \\overrightarrow \\widehat \\underline".split()
)
FUNCTION_LETTERS = frozenset("fghFGHPQ")

MANY_ARGUMENTS = frozenset({"max", "min", "gcd", "lcm"})


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
            return self.command(token[1:])
        if token.isalpha() and len(token) == 1:
            return self.letter(token)
        raise Unreadable(f"unexpected {token.lstrip(chr(34))}")

    def letter(self, token: str) -> Expr:
        if self.peek() == "_" or self.peek() == "'":
            return self.symbol(token)
        if token == "e":
            return sympy.E
        if token == "i":
            return sympy.I
        return self.symbol(token)

    def symbol(self, name: str) -> Expr:
        if self.peek() == "_":
            self.take()
            name += "_" + self._index()
        while self.peek() == "'":
            name += self.take()
        if name[0] in FUNCTION_LETTERS and self.peek() == "(":
            self.take()
            arguments = self.arguments(")")
            return sympy.Function(name)(*arguments)
        return Symbol(name)

    def _index(self) -> str:
        if self.peek() != "{":
            return self.take()
        depth = 0
        parts: list[str] = []
        while True:
            token = self.take()
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return "".join(parts)
            if token != "{":
                parts.append(token)

    def arguments(self, closer: str) -> list[Expr]:
        values = [self.sum()]
        while self.peek() == ",":
            self.take()
            values.append(self.sum())
        self.expect(closer)
        return values

    def command(self, name: str) -> Expr:
        if name == "pi":
            return sympy.pi
        if name == "infty":
            return sympy.oo
        if name == "frac":
            top = self.argument()
            return top / self.argument()
        if name == "sqrt":
            return self.root()
        if name == "binom":
            top = self.argument()
            return sympy.binomial(small(top), small(self.argument()))
        if name == "ldots":
            return Symbol("…")
        if "\\" + name in ACCENTS:
            return self.symbol(name + "{" + str(self.argument()) + "}")
        if name in FUNCTION_WORDS or name in ("arcsinh", "arccosh"):
            return self.function(name)
        if name in GREEK:
            if name == "Gamma" and self.peek() == "(":
                self.take()
                return sympy.gamma(small(self.group(")")))
            return self.symbol(name)
        raise Unreadable(f"unknown command \\{name}")

    def root(self) -> Expr:
        degree: Expr = Integer(2)
        if self.peek() == "[":
            self.take()
            degree = self.group("]")
        radicand = self.argument()
        if degree.is_Integer and degree.is_odd and radicand.is_negative:
            return -power(-radicand, 1 / degree)
        return power(radicand, 1 / degree)

    def function(self, name: str) -> Expr:
        base: Expr | None = None
        exponent: Expr | None = None
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                base = self.argument()
            else:
                exponent = self.exponent()
        if exponent == -1 and name in INVERSE:
            name, exponent = INVERSE[name], None
        value = self._applied(name, base)
        return value if exponent is None else power(value, exponent)

    def _applied(self, name: str, base: Expr | None) -> Expr:
        if name in MANY_ARGUMENTS:
            closer = OPENERS.get(self.take(), "")
            return FUNCTIONS[name](*self.arguments(closer))
        argument = self._function_argument()
        if name == "log" and base is not None:
            return sympy.log(argument) / sympy.log(base)
        if base is not None:
            raise Unreadable(f"{name} with an index")
        if name == "exp":
            return power(sympy.E, argument)
        return FUNCTIONS[name](argument)

    def _function_argument(self) -> Expr:
        r"""`\sin(x)`, `\sin 2x`, `\sin\frac{x}{2}`: a bracket, or factors up to a sign."""
        if self.peek() in ("+", "-"):
            return self.signed_factor()
        bracket = self.peek() in ("(", "[")
        value = self.factor_without_power() if bracket else self.factor()
        while not bracket and self.starts_factor(self.peek()):
            if self.peek()[1:] in FUNCTION_WORDS or self.peek() in ("(", "["):
                break
            value = value * self.factor()
        return value

    def factor_without_power(self) -> Expr:
        return self.atom()
