r"""Tokens of one expression to its exact form: a recursive descent with bounded depth.

Refused, because writers mean different things by it: `1/2x`, `2\frac{3}{2}`, two numbers side by
side, `f(3)`, a bare `\log`, `2e-1`. It is one class and longer than other files, for each rule
calls the others.
"""

from collections.abc import Sequence
from fractions import Fraction

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math import powers
from rewardkit.verifiers.math.cursor import Cursor
from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.vocabulary import (
    BESIDE,
    BRACKETS,
    CALLED,
    END,
    ENGLISH,
    FUNCTIONS,
    GREEK,
    STOPS,
)
from rewardkit.verifiers.math.work import TooBig, Unreadable

MAX_DEPTH = 100


class Parser(Cursor):
    """Reads one expression; `sign` is what plus-minus stands for, `plus_minus` counts it."""

    def whole(self) -> Form:
        """The form of all tokens.

        Raises:
            Unreadable: When they are not one expression.
        """
        value = self._sum()
        if self.at < len(self.tokens):
            raise Unreadable(f"unexpected {self._peek()[1]!r}")
        return value

    def _sum(self) -> Form:
        total: Form | None = None
        while True:
            turn = self._signs()
            if turn is None:
                if total is not None:
                    break
                turn = 1
            term = self._product()
            term = fm.negative(term) if turn < 0 else term
            total = term if total is None else fm.add(total, term)
        return self._over(total)

    def _over(self, top: Form) -> Form:
        r"""What `\over` or `\choose` makes of all that stands before it in its group."""
        kind, value = self._peek()
        if kind != "c" or value not in ("over", "choose"):
            return top
        self.at += 1
        bottom = self._sum()
        return fm.divide(top, bottom) if value == "over" else powers.choose(top, bottom)

    def _product(self) -> Form:
        value = self._power()
        divided = False
        while True:
            kind, symbol = self._peek()
            if (kind == "s" and symbol in ("*", "/")) or (kind, symbol) in (
                ("c", "cdot"),
                ("c", "times"),
            ):
                self.at += 1
                turn = self._signs() or 1
                factor = self._power()
                factor = fm.negative(factor) if turn < 0 else factor
                divided = symbol == "/"
                value = fm.divide(value, factor) if divided else fm.times(value, factor)
            elif (
                kind == ""
                or (kind == "s" and (symbol in STOPS or not symbol))
                or symbol in ("pm", "mp", "over", "choose", "of")
            ):
                return value
            else:
                if divided or kind == "n":
                    raise Unreadable("a number or a quotient followed by a factor without a sign")
                value = fm.times(value, self._power())

    def _power(self) -> Form:
        value = self._atom()
        while True:
            if self._take("^") or self._take("**"):
                value = self._raised(value)
            elif self._take("!"):
                if self._peek() == ("s", "!"):
                    raise Unreadable("a double factorial")
                value = powers.factorial_of(value)
            elif self._take("%") or self._take("\\%"):
                value = fm.divide(value, fm.number(100))
            else:
                return value

    def _raised(self, base: Form) -> Form:
        if self._peek() == ("c", "circ"):
            self.at += 1
            return fm.times(base, fm.divide(fm.atom("pi"), fm.number(180)))
        if self._take("{"):
            if self._peek() == ("c", "circ"):
                self.at += 1
                self._need("}")
                return fm.times(base, fm.divide(fm.atom("pi"), fm.number(180)))
            exponent = self._sum()
            self._need("}")
        else:
            turn = self._signs() or 1
            exponent = self._atom()
            exponent = fm.negative(exponent) if turn < 0 else exponent
            if self._peek() == ("s", "^"):
                exponent = self._tower(exponent)
        return powers.power(base, exponent)

    def _tower(self, base: Form) -> Form:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooBig("a tower of powers")
        self._need("^")
        value = self._raised(base)
        self.depth -= 1
        return value

    def _atom(self) -> Form:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooBig(f"more than {MAX_DEPTH} levels deep")
        value = self._one()
        self.depth -= 1
        return value

    def _one(self) -> Form:
        kind, value = self._peek()
        if kind == "s":
            return self._bracket(value)
        self.at += 1
        if kind == "n":
            return self._number(value)
        if kind == "w":
            return self._word(value)
        if kind == "c":
            return self._command(value)
        raise Unreadable(f"a text in an expression: {value!r}" if kind else "nothing to read")

    def _bracket(self, symbol: str) -> Form:
        if symbol == "{":
            self.at += 1
            value = self._sum()
            self._need("}")
            return value
        closing = BRACKETS.get(symbol)
        if closing is None:
            raise Unreadable(f"unexpected {symbol!r}")
        self.at += 1
        value = self._sum()
        self._need(closing)
        return value

    def _number(self, text: str) -> Form:
        value = Fraction(text)
        if self._peek() == ("c", "sci"):
            return fm.number(value * self._scientific(text))
        if "." not in text and self._mixed_follows():
            self.at += 1
            top, bottom = self._argument(), self._argument()
            a, b = top.rational, bottom.rational
            whole = a is not None and b is not None and a.denominator == b.denominator == 1
            if a is None or b is None or not whole:
                return fm.times(fm.number(value), fm.divide(top, bottom))
            if not 0 <= a < b:
                raise Unreadable("a whole number before an improper fraction")
            return fm.number(value + a / b)
        if "." not in text and self._plain_mixed_follows():
            top_n, bottom_n = int(self.tokens[self.at][1]), int(self.tokens[self.at + 2][1])
            if not 0 < top_n < bottom_n:
                raise Unreadable("two numbers side by side")
            self.at += 3
            return fm.number(value + Fraction(top_n, bottom_n))
        return fm.number(value)

    def _scientific(self, mantissa: str) -> Fraction:
        self.at += 1
        signed = self._peek()[1] in ("+", "-")
        turn = self._signs() or 1
        kind, digits = self._peek()
        if kind != "n" or not digits.isdigit():
            raise Unreadable("an exponent that is not a whole number")
        if signed and len(digits) == 1 and "." not in mantissa and mantissa != "1":
            raise Unreadable("scientific notation or e minus a number")
        self.at += 1
        return fm.rational_power(Fraction(10), turn * int(digits))

    def _word(self, text: str) -> Form:
        lower = text.lower()
        if lower == "pi":
            return fm.atom("pi")
        if lower in ("infinity", "inf", "oo"):
            return fm.atom("oo")
        if lower in ("sqrt", "exp", "ln") or lower in FUNCTIONS:
            self.at -= 1
            self.tokens[self.at] = ("c", lower)
            if lower in ("sqrt", "exp") and self.tokens[self.at + 1 : self.at + 2] not in (
                [("s", "(")],
                [("s", "{")],
                [("n", self.tokens[self.at + 1][1] if len(self.tokens) > self.at + 1 else "")],
            ):
                raise Unreadable(f"{lower} of nothing")
            return self._atom()
        if (
            len(text) > 3
            or not text.isascii()
            or (len(text) > 1 and not text.islower() and not text.isupper())
        ):
            raise Unreadable(f"a word in an expression: {text!r}")
        if len(text) > 1 and lower in ENGLISH:
            raise Unreadable(f"a word in an expression: {text!r}")
        if text == "C" and self._pair_follows():
            top, bottom = self.tokens[self.at + 1][1], self.tokens[self.at + 3][1]
            self.at += 5
            return powers.choose(fm.number(Fraction(top)), fm.number(Fraction(bottom)))
        if len(text) == 1 and text in CALLED and self._peek() == ("s", "("):
            raise Unreadable("a function without a definition")
        return self._letters(text)

    def _letters(self, text: str) -> Form:
        """A product of letters; a power or an index after it belongs to the last one."""
        value = fm.number(1)
        for letter in text[:-1]:
            value = fm.times(value, _letter(letter))
        last = self._variable(text[-1])
        if len(text) > 1 and self._peek() == ("s", "^"):
            self.at += 1
            last = self._raised(last)
        return fm.times(value, last)

    def _variable(self, name: str) -> Form:
        if not self._take("_"):
            return _letter(name)
        if self._take("{"):
            index = ""
            while self._peek() not in (("s", "}"), END):
                index += self._peek()[1]
                self.at += 1
            self._need("}")
        else:
            index = self._peek()[1]
            self.at += 1
        if not index or len(index) > 20:
            raise Unreadable("an index that is empty or long")
        if name in ("C", "A") and index.isdecimal() and int(index) > 1 and self._take("^"):
            return powers.count(name, fm.number(int(index)), self._argument())
        return fm.atom(f"v:{name}_{index}")

    def _argument(self) -> Form:
        r"""What follows \frac or \sqrt: a group, or one digit or letter."""
        kind, value = self._peek()
        if self._peek() == ("s", "{"):
            return self._bracket("{")
        if kind == "n" and len(value) > 1 and value.isdigit():
            self.tokens[self.at] = ("n", value[1:])
            return fm.number(int(value[0]))
        if kind == "w" and len(value) > 1:
            self.tokens[self.at] = ("w", value[1:])
            return _letter(value[0])
        if kind == "c" or kind == "n" or kind == "w":
            return self._atom()
        raise Unreadable("a command without its argument")

    def _command(self, name: str) -> Form:
        if name == "frac":
            top = self._argument()
            return fm.divide(top, self._argument())
        if name == "sqrt":
            return self._square_root()
        if name in ("pi", "infty"):
            return fm.atom("pi" if name == "pi" else "oo")
        if name == "binom":
            top = self._argument()
            return powers.choose(top, self._argument())
        if name == "root":
            return self._plain_root()
        if name in ("ln", "log", "lg"):
            return self._logarithm(name)
        if name == "exp":
            return powers.power(fm.atom("e"), self._operand())
        if name in GREEK:
            return self._variable(name)
        if name in FUNCTIONS:
            return self._function(name)
        raise Unreadable(f"a command that the exact tier does not read: {name[:20]!r}")

    def _square_root(self) -> Form:
        degree = 2
        if self._take("["):
            kind, value = self._peek()
            if kind != "n" or not value.isdigit() or len(value) > 2:
                raise Unreadable("a root of an unusual degree")
            degree = int(value)
            self.at += 1
            self._need("]")
        if self._peek()[0] == "n" or self._peek() == ("s", "("):
            return powers.root(self._atom(), degree)
        return powers.root(self._argument(), degree)

    def _plain_root(self) -> Form:
        degree = self._argument().rational
        if self._peek() != ("c", "of") or degree is None or degree.denominator != 1:
            raise Unreadable("a root of an unusual degree")
        self.at += 1
        return powers.root(self._argument(), degree.numerator)

    def _logarithm(self, name: str) -> Form:
        base: Form | None = fm.number(10) if name == "lg" else None
        if name == "log":
            self._need("_")
            base = self._argument()
        return powers.logarithm(self._operand(), base)

    def _function(self, name: str) -> Form:
        if self._take("^"):
            if self._peek()[0] != "n":
                raise Unreadable("an inverse or a power of a function")
            exponent = self._argument().rational
            return fm.whole_power(powers.function(name, self._operand()), int(exponent or 0))
        return powers.function(name, self._operand())

    def _operand(self) -> Form:
        """The argument of a function: brackets, a group, or a product of what stands next to it."""
        if self._peek() in (("s", "("), ("s", "{")):
            value = self._atom()
            if self._peek() in (("s", "^"), ("s", "!")):
                raise Unreadable("a power after a function's argument")
            return value
        value = self._power()
        while self._peek()[0] in ("w", "n") or self._peek()[1] in BESIDE:
            value = fm.times(value, self._power())
        return value


def _letter(name: str) -> Form:
    return fm.atom(name if name in ("e", "i") else f"v:{name}")


def read_form(tokens: Sequence[Token]) -> list[Form]:
    r"""The values of an expression: one, or two where it holds one plus-minus.

    Raises:
        Unreadable: When it is not one expression within the limits.

    >>> from rewardkit.verifiers.math.lexer import tokens
    >>> [f.rational for f in read_form(tokens(r"1 \pm \frac12"))]
    [Fraction(3, 2), Fraction(1, 2)]
    """
    parser = Parser(tokens)
    value = parser.whole()
    if not parser.plus_minus:
        return [value]
    if parser.plus_minus > 1:
        raise Unreadable("more than one plus-minus")
    other = Parser(tokens, -1).whole()
    return [value] if fm.equal(value, other) else [value, other]
