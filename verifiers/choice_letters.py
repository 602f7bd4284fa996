"""Which letters an answer to a choice question names: stated, listed, or only mentioned."""

import re
from functools import cached_property

import msgspec

from rewardkit.verifiers import choice_words as words

# Words, single Chinese characters, any other character by itself: each character is read once.
_TOKEN = re.compile(
    r"[\u3400-\u9fff]|(?:(?![\u3400-\u9fff])[^\W_])++(?:['\u2019-](?:(?![\u3400-\u9fff])[^\W_])++)*+|\S|\n"
)
_WRAPPING = re.compile(
    r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|left|right)(?![A-Za-z])|[*_`$\"“”\u2018\\]"
)


class Token(msgspec.Struct, frozen=True):
    """One token and where it stands; `word` is its lower case."""

    text: str
    word: str
    start: int
    end: int


class Named(msgspec.Struct, frozen=True):
    """One letter that a text names: the letter, and the place among the tokens."""

    letter: str
    place: int


class Letters(msgspec.Struct, frozen=True, dict=True):
    """The letters in one text, with what stands around them.

    >>> Letters("Answer: B because A is wrong").stated()
    [Named(letter='B', place=2)]
    >>> Letters("I think a dog").mentioned
    []
    """

    text: str

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens, without Markdown, LaTeX fonts and quotes."""
        # Blanks of the same length keep the places; \boxed stays as the word of a trigger.
        text = self.text.replace("\u2019", "'")
        bare = _WRAPPING.sub(lambda wrap: " " * len(wrap[0]), text)
        return [Token(m[0], m[0].lower(), m.start(), m.end()) for m in _TOKEN.finditer(bare)]

    @cached_property
    def mentioned(self) -> list[Named]:
        """Every letter that stands alone and is not the article or the pronoun, in order."""
        return [
            Named(token.text.upper(), place)
            for place, token in enumerate(self.tokens)
            if len(token.text) == 1 and "a" <= token.word <= "z" and self._is_letter(place)
        ]

    def alone(self) -> Named | None:
        """The letter of a text that says nothing else: `B`, `(b)`, `B.`, `Option B`."""
        marks = words.OPENERS | words.CLOSERS | words.STOPS
        left = [place for place, token in enumerate(self.tokens) if token.text not in marks]
        while left and self.word(left[0]) in words.NOUNS | {"-", "•"}:
            del left[0]
        letter = self.tokens[left[0]].text if len(left) == 1 else ""
        if len(letter) != 1 or not (letter.isascii() and letter.isalpha()):
            return None
        named = Named(letter.upper(), left[0])
        return None if self.denied(named) else named

    def leading(self) -> Named | None:
        """The letter that a text begins with, as in `B. cat` or `(B) since it is round`."""
        first = 0
        while first < len(self.tokens) and self.word(first) in words.OPENERS | words.NOUNS:
            first += 1
        return next((named for named in self.mentioned if named.place == first), None)

    def stated(self) -> list[Named]:
        """The letters that the text states as its answer: `the answer is B`, `B is correct`."""
        return [
            named
            for named in self.mentioned
            if (self._announced(named.place) or self._called_right(named.place))
            and not self.denied(named)
        ]

    def denied(self, named: Named) -> bool:
        """Whether the text goes on to say that this letter is not it: `B is wrong`, `B?`."""
        place = self.skip(named.place + 1, words.CLOSERS)
        word = self.word(place)
        if word in {":", "-", "\u2013", "—"} and self.word(place + 1) in words.WRONG:
            return True
        if word in words.VERBS:
            return any(self.word(there) in words.DENYING for there in range(place + 1, place + 4))
        return (
            word in words.REFUSING
            or word in {"?", "\uff1f", "isn't", "wasn't", "不", "错"}
            or (word == "or" and self.word(place + 1) == "not")
        )

    def trailing(self) -> tuple[Named, str] | None:
        """The bracketed letter that a text ends with, as in `dog (B)`, and the text before it."""
        last = len(self.tokens) - 1
        while last >= 0 and self.word(last) in words.CLOSERS | words.STOPS:
            last -= 1
        named = next((found for found in self.mentioned if found.place == last), None)
        if named is None or last < 2 or self.word(last - 1) not in words.OPENERS:
            return None
        return named, self.text[: self.tokens[last - 1].start]

    def rest(self, named: Named) -> str:
        """The text after a letter and its closing marks."""
        place = self.skip(named.place + 1, words.CLOSERS | words.STOPS)
        return self.text[self.tokens[place].start :] if place < len(self.tokens) else ""

    def marked(self, named: Named) -> bool:
        """Whether a bracket, a full stop, a colon or the like sets the letter off what follows."""
        return self.word(named.place + 1) in words.CLOSERS | words.STOPS | {"-", "\u2013", "—"}

    def reasoned(self, named: Named) -> bool:
        """Whether a word such as `because` or `since` follows the letter."""
        return self.word(named.place + 1) in words.REASONS

    def asserted(self, named: Named) -> bool:
        """Whether a verb follows, so that the text says something about the letter: `B is …`."""
        return self.word(self.skip(named.place + 1, words.CLOSERS)) in words.VERBS

    def word(self, place: int) -> str:
        """The token at a place in lower case, empty outside of the text."""
        return self.tokens[place].word if 0 <= place < len(self.tokens) else ""

    def skip(self, place: int, words: frozenset[str]) -> int:
        """The first place, at most 8 on, whose token is none of these words."""
        end = place + 8
        while place < end and self.word(place) in words:
            place += 1
        return place

    def _is_letter(self, place: int) -> bool:
        token, after = self.tokens[place], self.word(place + 1)
        if self.word(place - 1) in words.OPENERS and after in words.CLOSERS:
            return True
        if after in words.CLOSERS | {".", ":", "\n"} and place < 2:
            return True
        if token.text.islower():
            return after == "" or (
                after in words.CLOSERS | words.STOPS and self.word(place + 2) == ""
            )
        if token.text in "AI":
            return after in words.AFTER_LETTER or not after[:1].isalnum() or _is_chinese(after)
        return True

    def _announced(self, place: int) -> bool:
        """Whether fillers lead back from the letter to a word that announces an answer."""
        back, copula = place - 1, False
        while back > place - 9 and self.word(back) in words.OPENERS | words.FILLERS:
            # The tip of an arrow, not the end of a tag such as <answer>.
            if self.word(back) == ">" and self.word(back - 1) not in {"-", "="}:
                return False
            copula = copula or self.word(back) in words.COPULAS
            if copula and self.word(back) in {"it", "it's", "option", "choice", "letter", "项"}:
                return self._affirmed(back)
            if self.word(back) == "it's":
                return self._affirmed(back)
            back -= 1
        return self.word(back) in words.TRIGGERS and self._affirmed(back)

    def _called_right(self, place: int) -> bool:
        """Whether the letter is followed by `is correct`."""
        after = self.skip(place + 1, words.CLOSERS)
        if self.word(after) not in {"is", "seems"}:
            return False
        after = self.skip(after + 1, frozenset({"the", "most", "likely"}))
        return self.word(after) in words.RIGHT and self._affirmed(place)

    def _affirmed(self, place: int) -> bool:
        """Whether nothing shortly before a place takes it back or makes it a condition."""
        return not any(self.word(back) in words.UNDOING for back in range(place - 4, place))


def _is_chinese(word: str) -> bool:
    return "\u3400" <= word[:1] <= "\u9fff"
