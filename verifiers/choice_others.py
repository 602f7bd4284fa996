"""Is another option offered beside the one that an answer names: hedges, lists, second thoughts."""

from rewardkit.verifiers import choice_words as words
from rewardkit.verifiers.choice_letters import Letters, Named


def other_letter(letters: Letters, named: Named) -> str | None:
    """Another letter that an answer offers, as in `A or B`, `A, B, C` or `A, but could be B`.

    A letter that only explains the choice is none: `B because A is wrong`, `B, not A`.

    Returns:
        The other letter; None when the named one stands by itself.

    >>> letters = Letters("B, but could be A")
    >>> other_letter(letters, letters.mentioned[0])
    'A'
    """
    others = {n.place: n.letter for n in letters.mentioned if n.letter != named.letter}
    place = letters.skip(named.place + 1, words.CLOSERS)
    if not others:
        return "something else" if letters.word(place) in words.ALTERNATIVES else None
    return others.get(_next(letters, place)) or _added(letters, named.place, others)


def _next(letters: Letters, place: int) -> int:
    """The place of what is joined to a letter or listed after it, -1 without any."""
    if letters.word(place) in words.JOINING:
        return letters.skip(place + 1, words.BETWEEN | words.OPENERS | words.NOUNS)
    there = letters.skip(place, words.STOPS | words.OPENERS | words.NOUNS)
    after = letters.skip(there + 1, words.CLOSERS)
    return there if letters.word(after) in words.STOPS | words.JOINING | {""} else -1


def _added(letters: Letters, place: int, others: dict[int, str]) -> str | None:
    """Another letter further on that is offered as well: in a list, or with a `could be`."""
    for there, letter in others.items():
        if there < place or letters.denied(Named(letter, there)) or _ruled_out(letters, there):
            continue
        if _enumerated(letters, there) or _hedged(letters, place, there):
            return letter
    return None


def _ruled_out(letters: Letters, place: int) -> bool:
    """Whether the letter's own sentence denies it shortly before it: `B, not A`."""
    for back in range(place - 1, place - 5, -1):
        word = letters.word(back)
        if word in words.ENDS or word in words.RULING_OUT:
            return word in words.RULING_OUT
    return False


def _enumerated(letters: Letters, place: int) -> bool:
    """Whether a letter begins a line or a clause with a mark, as options are listed."""
    back = place - 1
    while letters.word(back) in words.OPENERS | words.NOUNS:
        back -= 1
    marked = letters.word(place + 1) in words.CLOSERS | {".", ":"}
    return marked and letters.word(back) in words.STOPS


def _hedged(letters: Letters, place: int, there: int) -> bool:
    """Whether the letter's own sentence, up to it, takes the first back or adds to it."""
    back, hedged = there - 1, False
    while back > max(place, there - 12) and letters.word(back) not in words.ENDS:
        if letters.word(back) in words.EXPLAINING:
            return False
        hedged = hedged or letters.word(back) in words.HEDGING
        back -= 1
    return hedged
