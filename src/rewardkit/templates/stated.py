"""Find the answer behind words that announce it: `#### 72`, `A: 72`, `The answer is 72`.

The last announcement counts. One that is a sign (`####`, `A:`) counts at the start of a line only;
one that is a phrase (`The answer is`) also at the start of a sentence. Source of the `####` and
`A:` forms: Cobbe et al. 2021, Training Verifiers to Solve Math Word Problems,
https://arxiv.org/abs/2110.14168.
"""

import re
from collections.abc import Sequence

from rewardkit.templates.markers import VISIBLE
from rewardkit.templates.parsed import Answer

MAX_TRIES = 64
"""So many places of one announcement are looked at, from the end; bounds the work on hostile
replies."""

_CONTEXT = 80
"""Characters before an announcement that decide whether a line or a sentence begins there."""

_DECORATION = " \t\r*_`>"
_SENTENCE_SIGNS = ".!?:;)"
_LEAD_INS = frozenset(
    "so thus hence therefore then finally consequently no wait actually".split(),
)
# Neither "approx. 72" nor "7. 5" ends behind its full stop.
_SENTENCE_END = re.compile(r"[.!?](?=\s+[^\s\da-z]|\s*\Z)")
_LEADING_SIGNS = re.compile(r"[\s:*_`]{0,40}")


def is_phrase(announcement: str) -> bool:
    """Whether an announcement is words rather than a sign.

    >>> is_phrase("The answer is"), is_phrase("A:")
    (True, False)
    """
    return " " in announcement and announcement[-1].isalnum()


def variants(announcements: Sequence[str], ignore_case: bool) -> tuple[str, ...]:
    """The spellings to look for; a phrase may begin with a small letter, as after "so".

    >>> variants(["####", "The answer is"], ignore_case=False)
    ('####', 'The answer is', 'the answer is')
    """
    if ignore_case:
        return tuple(dict.fromkeys(_lower(text) for text in announcements))
    spellings: dict[str, None] = {}
    for text in announcements:
        spellings[text] = None
        if is_phrase(text):
            spellings[text[0].lower() + text[1:]] = None
    return tuple(spellings)


def _lower(text: str) -> str:
    """The text in small letters, as long as before: offsets in it hold for the text itself."""
    # This letter is the only one whose small form is two characters.
    return text.replace("\u0130", "I").lower()


def find_stated(
    reply: str,
    start: int,
    end: int,
    announcements: Sequence[str],
    truncated: bool,
    ignore_case: bool = False,
) -> tuple[Answer, int]:
    """The answer that is announced last between two offsets.

    Args:
        reply: The whole reply.
        start: Where to begin, in characters.
        end: Where to stop.
        announcements: The exact spellings, as `variants` gives them.
        truncated: The reply was cut: the answer counts only if its line or sentence was ended.
        ignore_case: Upper and lower case are the same; the spellings are in small letters.

    Returns:
        The answer, and the offset where its line or sentence ends (`start` without an answer).

    >>> reply = "3 + 4 = <<3+4=7>>7 eggs. So the answer is 7."
    >>> find_stated(reply, 0, len(reply), ("the answer is",), truncated=False)[0].text
    '7'
    """
    searched = _lower(reply) if ignore_case else reply
    begin, stop = _last_statement(reply, searched, (start, end), announcements)
    if begin < 0:
        return Answer("no_answer", reason="no answer is announced"), start
    if truncated and (stop >= end or (stop + 1 >= end and reply[stop] != "\n")):
        reason = "the reply was cut before its answer was complete"
        return Answer("no_answer", reason=reason), stop
    # "The answer is #### 72": the last announcement announces another one.
    again = _skip_signs(reply, begin, stop)
    for announcement in announcements:
        if searched.startswith(announcement, again, stop):
            begin = again + len(announcement)
            break
    return _inside(reply, begin, stop), stop


def _last_statement(
    reply: str, searched: str, span: tuple[int, int], announcements: Sequence[str]
) -> tuple[int, int]:
    """Offsets behind the last announcement and of its statement's end, -1 without one."""
    start, end = span
    begin = stop = -1
    for announcement in announcements:
        lowest = max(start, begin)
        place = searched.rfind(announcement, lowest, end)
        if place < 0:
            continue
        phrase = is_phrase(announcement)
        for _ in range(MAX_TRIES):
            if _begins_statement(reply, start, place, phrase):
                after = place + len(announcement)
                statement_end = _statement_end(reply, after, end, phrase)
                if statement_end >= 0:
                    begin, stop = after, statement_end
                    break
            place = searched.rfind(announcement, lowest, place)
            if place < 0:
                break
    return begin, stop


def _begins_statement(reply: str, start: int, place: int, phrase: bool) -> bool:
    """Whether a line, or for a phrase a sentence, begins at this place."""
    if place == start or reply[place - 1] == "\n":
        return True
    context = reply[max(start, place - _CONTEXT) : place]
    _, newline, lead = context.rpartition("\n")
    whole_line = bool(newline) or place - _CONTEXT <= start
    lead = lead.strip(_DECORATION)
    if phrase:
        words = lead.removesuffix(",").rsplit(None, 1)
        if words and words[-1].lower() in _LEAD_INS:
            lead = words[0].rstrip(",") if len(words) == 2 else ""
            # "… equals 72, so the answer is 72": the comma goes with the word that leads in.
            if len(words) == 2 and words[0].endswith(","):
                return True
        if lead.endswith(tuple(_SENTENCE_SIGNS)):
            return True
    return whole_line and not lead


def _statement_end(reply: str, begin: int, end: int, phrase: bool) -> int:
    """Offset of the line's end, for a phrase of its sentence's; -1 for a question.

    Where nothing follows on the announcement's own line, it is the next line of text.
    """
    newline = reply.find("\n", _skip_signs(reply, begin, end), end)
    stop = end if newline < 0 else newline
    if not phrase:
        return stop
    match = _SENTENCE_END.search(reply, begin, stop)
    if match is None:
        return stop
    return -1 if match.group() == "?" else match.start()


def _inside(reply: str, begin: int, end: int) -> Answer:
    """The answer between two offsets, without signs around it, calculators and its full stop."""
    calculator = reply.rfind(">>", begin, end)
    if calculator >= 0:
        begin = calculator + 2
    begin = _skip_signs(reply, begin, end)
    text = reply[begin:end].rstrip(_DECORATION)
    text = text.removesuffix(".").rstrip(_DECORATION)
    if not text or VISIBLE.search(text) is None:
        return Answer("no_answer", reason="nothing follows the words that announce an answer")
    return Answer("found", text, begin, begin + len(text))


def _skip_signs(reply: str, begin: int, end: int) -> int:
    """Offset behind the white space, colon and Markdown signs that follow an announcement."""
    match = _LEADING_SIGNS.match(reply, begin, end)
    return match.end() if match else begin
