"""Which option does this text pick: by letter, by text, or by both?"""

import re
from functools import lru_cache

import msgspec

from rewardkit.types import Status
from rewardkit.verifiers.choice_letters import Letters, Named
from rewardkit.verifiers.choice_others import other_letter
from rewardkit.verifiers.cleaning import plain, unwrap
from rewardkit.verifiers.framing import after_frame

_LIST = re.compile(r"\b(?:or|and)\b|[,;/|\n\u3002]|\.(?!\S)")
_MAX_PIECES = 40


class Options(msgspec.Struct, frozen=True):
    """The options of a question: which letter each text has, and texts that two options have.

    `count` is the number of choices, 0 where they are not known.
    """

    by_text: dict[str, str]
    twice: frozenset[str]
    count: int = 0

    def letter_of(self, text: str) -> str | None:
        """The letter of an option's text, None when it is no option's or that of two."""
        return self.by_text.get(plain(text))

    def beyond(self, letter: str) -> bool:
        """Whether there are choices, and fewer than this letter needs."""
        return 0 < self.count <= ord(letter) - ord("A")


class Picked(msgspec.Struct, frozen=True):
    """One option, whether its `letter`, `text` or `letter and text` named it, the text as given."""

    letter: str
    rule: str
    text: str = ""


class Unclear(msgspec.Struct, frozen=True):
    """Why a text picks no option, as the status that an answer then gets."""

    reason: str
    status: Status = "unreadable_answer"


@lru_cache(maxsize=4096)
def read_options(choices: tuple[str, ...], letter: str = "", text: str = "") -> Options:
    """Read the choices, first is A; without them, the one option that the reference names.

    >>> read_options(("cat", "a dog")).letter_of("Dog")
    'B'
    """
    names = {letter: text} if text else {}
    names |= {chr(ord("A") + i): choice for i, choice in enumerate(choices[:26])}
    by_text: dict[str, str] = {}
    twice: set[str] = set()
    for name, choice in names.items():
        form = plain(_without_letter(choice, name))
        if form in by_text:
            twice.add(form)
        by_text.setdefault(form, name)
    once = {form: name for form, name in by_text.items() if form not in twice}
    return Options(once, frozenset(twice), len(choices))


def _without_letter(choice: str, letter: str) -> str:
    """A choice's text without the letter that some data sets write before it: `B. dog`."""
    bare = choice.strip()
    for prefix in (f"({letter})", f"{letter}.", f"{letter})", f"{letter}:"):
        if bare.startswith(prefix) and bare[len(prefix) :].strip():
            return bare[len(prefix) :].strip()
    return choice


def pick(text: str, options: Options) -> Picked | Unclear:
    """Find the one option that a cleaned text picks.

    Args:
        text: A cleaned text of at most a few thousand characters.
        options: The options of the question.

    Returns:
        The option, which may lie beyond the choices; `Unclear` where there is none or several.

    >>> pick("Answer: B because A is wrong", read_options(()))
    Picked(letter='B', rule='letter', text='')
    >>> pick("either A or B", read_options(())).status
    'ambiguous_answer'
    """
    bare = unwrap(text)
    letters = Letters(text)
    alone = Letters(bare).alone()
    single = alone.letter if alone else None
    by_text = options.letter_of(bare)
    if plain(bare) in options.twice:
        return Unclear("two choices have this text", "ambiguous_answer")
    if single and by_text and options.beyond(single):
        single = None  # Of two choices X and Y, `X` is the first and not option X.
    if single and by_text and single != by_text:
        return Unclear(f"letter {single} is the text of choice {by_text}", "ambiguous_answer")
    if single:
        return Picked(single, "letter")
    if by_text:
        return _unless_article(text, by_text, options)
    return _by_statement(letters, options)


def _by_statement(letters: Letters, options: Options) -> Picked | Unclear:
    """The option of a longer text: stated, or at its beginning, or as text in a sentence."""
    stated = letters.stated()
    if len({named.letter for named in stated}) > 1:
        return _several([named.letter for named in stated])
    if stated:
        return _with_its_text(letters, stated[-1], options)
    named = letters.leading()
    # A bare first letter is an answer only with a mark or a reason after it.
    if named and not letters.denied(named) and not letters.asserted(named):
        joined = other_letter(letters, named) is not None
        own = options.letter_of(letters.rest(named)) == named.letter
        if own or joined or letters.marked(named) or letters.reasoned(named):
            return _with_its_text(letters, named, options)
    if (picked := _by_sentence(letters, options)) is not None:
        return picked
    names = [named.letter for named in letters.mentioned]
    names = list(dict.fromkeys(names)) + _listed(letters.text, options)
    return _several(names) if len(names) > 1 else Unclear("it states no option")


def _by_sentence(letters: Letters, options: Options) -> Picked | Unclear | None:
    """The option whose text a sentence announces, or that stands before its letter: `dog (B)`."""
    trailing = letters.trailing()
    text = trailing[1] if trailing else letters.text
    announced = after_frame(text)
    if announced is None and trailing is None:
        return None
    text = text if announced is None else announced
    by_text = options.letter_of(text)
    if by_text is None or trailing is None:
        return _unless_article(text, by_text, options) if by_text else None
    if trailing[0].letter == by_text:
        return Picked(by_text, "letter and text", text)
    return _several([by_text, trailing[0].letter])


def _with_its_text(letters: Letters, named: Named, options: Options) -> Picked | Unclear:
    """The option of a letter, unless another option stands beside it."""
    rest = letters.rest(named)
    by_text = options.letter_of(rest) if rest else None
    if by_text == named.letter:
        return Picked(named.letter, "letter and text", rest)
    if by_text:
        reason = f"letter {named.letter} with the text of choice {by_text}"
        return Unclear(reason, "ambiguous_answer")
    others = [name for name in _listed(rest, options) if name != named.letter]
    other = other_letter(letters, named) or next(iter(others), None)
    if other:
        return _several([named.letter, other])
    return Picked(named.letter, "letter", rest if letters.marked(named) else "")


def _unless_article(text: str, by_text: str, options: Options) -> Picked | Unclear:
    """The option of a text, unless it begins with `A`, which may be a letter or an article."""
    if text.startswith("A ") and by_text != "A" and unwrap(text).casefold() not in options.by_text:
        return Unclear("A may be a letter or an article", "ambiguous_answer")
    return Picked(by_text, "text")


def _listed(text: str, options: Options) -> list[str]:
    """The letters of the options whose texts a list names: `dog or cat`, `dog, cat`."""
    pieces = _LIST.split(text)[:_MAX_PIECES]
    found = [options.letter_of(piece) for piece in pieces if piece.strip()]
    return list(dict.fromkeys(name for name in found if name))


def _several(names: list[str]) -> Unclear:
    listed = ", ".join(dict.fromkeys(names[:5]))
    return Unclear(f"more than one option: {listed}", "ambiguous_answer")
