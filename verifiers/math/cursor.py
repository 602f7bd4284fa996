"""A place in the tokens of an expression, and looking ahead from it."""

from collections.abc import Sequence

from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.vocabulary import END
from rewardkit.verifiers.math.work import Unreadable


class Cursor:
    """Where reading stands; `sign` is what plus-minus stands for, `plus_minus` counts it."""

    def __init__(self, tokens: Sequence[Token], sign: int = 1) -> None:
        """Start at the first token."""
        self.tokens = list(tokens)
        self.at = 0
        self.sign = sign
        self.plus_minus = 0
        self.depth = 0

    def _peek(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def _take(self, symbol: str) -> bool:
        if self._peek() == ("s", symbol):
            self.at += 1
            return True
        return False

    def _need(self, symbol: str) -> None:
        if not self._take(symbol):
            raise Unreadable(f"expected {symbol!r}")

    def _signs(self) -> int | None:
        """The product of a run of signs, None where there is none."""
        turn: int | None = None
        while True:
            kind, value = self._peek()
            if kind == "s" and value in "+-" and value:
                factor = -1 if value == "-" else 1
            elif kind == "c" and value in ("pm", "mp"):
                self.plus_minus += 1
                factor = self.sign if value == "pm" else -self.sign
            else:
                return turn
            turn = (turn or 1) * factor
            self.at += 1

    def _mixed_follows(self) -> bool:
        return self._peek() == ("c", "frac") and (
            self.at < 2 or self.tokens[self.at - 2] != ("s", "^")
        )

    def _plain_mixed_follows(self) -> bool:
        window = self.tokens[self.at : self.at + 3]
        if len(window) < 3 or window[0][0] != "n" or window[1] != ("s", "/") or window[2][0] != "n":
            return False
        return "." not in window[0][1] + window[2][1] and self.at == 1 + self._first_number()

    def _pair_follows(self) -> bool:
        """Whether `(n, k)` comes next, of two numbers."""
        window = self.tokens[self.at : self.at + 5]
        return [value if kind == "s" else kind for kind, value in window] == list("(n,n)")

    def _first_number(self) -> int:
        return next(k for k, (kind, _) in enumerate(self.tokens) if kind == "n")
