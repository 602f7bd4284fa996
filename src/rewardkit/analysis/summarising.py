"""The figures of `rewardkit summary`: one pass over scored rows, then a report."""

from collections.abc import Iterable, Sequence

import msgspec

from rewardkit.analysis.groups import GroupNumbers, PassAtK
from rewardkit.analysis.lengths import LengthReport, LengthSample
from rewardkit.analysis.part_figures import PartFigures, PartSummary
from rewardkit.analysis.parts import REWARD, choose_part
from rewardkit.scored import KeptRow, PartScore, reply_characters, reply_tokens

DEFAULT_KS = (1, 2, 4, 8)


class SummaryReport(msgspec.Struct, frozen=True):
    """What scored files say.

    Attributes:
        rows: All rows; `scored`, `unjudged` and `errors` add up to it.
        groups: Questions.
        correctness: Name of the part that tells right from wrong, `reward` for the total.
        correct_at: Values from here on are right.
        reward: Figures of the total.
        parts: Figures of the parts, in the order of their first appearance.
        pass_at_k: Of the part `correctness`.
        length: None where the rows hold no length, see `score --keep`.
    """

    rows: int
    groups: int
    scored: int
    unjudged: int
    errors: int
    correctness: str
    correct_at: float
    reward: PartSummary
    parts: dict[str, PartSummary]
    pass_at_k: list[PassAtK]
    length: LengthReport | None


class Summary:
    """Takes in rows, gives a report.

    Memory grows with the number of questions (and of parts) alone.

    Args:
        correct_at: Values from here on are right.
    """

    def __init__(self, correct_at: float = 1.0) -> None:
        """Begin with nothing."""
        self._correct_at = correct_at
        self._groups = GroupNumbers()
        self._reward = PartFigures(correct_at)
        self._parts: dict[str, PartFigures] = {}
        self._statuses = {"scored": 0, "unjudged": 0, "error": 0}
        self._tokens = LengthSample()
        self._characters = LengthSample()

    def add(self, row: KeptRow) -> None:
        """Take in one row."""
        self._statuses[row.status] += 1
        group = self._groups.number(row.group)
        reason = "" if row.status == "scored" else why_unjudged(row)
        self._reward.add(group, PartScore(row.reward, reason))
        for name, score in row.scores.items():
            part = self._parts.get(name)
            if part is None:
                part = self._parts[name] = PartFigures(self._correct_at)
            part.add(group, score)
        if row.reward is not None:
            self._add_length(row, row.reward)

    def _add_length(self, row: KeptRow, reward: float) -> None:
        tokens = reply_tokens(row)
        if tokens is not None:
            self._tokens.add(tokens, reward)
            return
        characters = reply_characters(row)
        if characters is not None:
            self._characters.add(characters, reward)

    def report(
        self, part: str | None = None, ks: Sequence[int] | None = None, reasons: int = 3
    ) -> SummaryReport:
        """Compute the figures.

        Args:
            part: The part that tells right from wrong; None for the usual one.
            ks: The k of pass@k; None for those of 1, 2, 4, 8 that some question has rollouts for.
            reasons: How many reasons to give, of each kind.

        Raises:
            ConfigError: When no row has the part.
        """
        chosen = choose_part(part, self._parts)
        figures = self._parts.get(chosen, self._reward) if chosen != REWARD else self._reward
        rows = sum(self._statuses.values())
        if ks is None:
            largest = max((n for n, _ in figures.counts.judged()), default=1)
            ks = [k for k in DEFAULT_KS if k <= largest]
        return SummaryReport(
            rows=rows,
            groups=len(self._groups),
            scored=self._statuses["scored"],
            unjudged=self._statuses["unjudged"],
            errors=self._statuses["error"],
            correctness=chosen,
            correct_at=self._correct_at,
            reward=self._reward.report(rows, reasons, self._all_right_at(chosen)),
            parts={name: part.report(rows, reasons) for name, part in self._parts.items()},
            pass_at_k=figures.counts.pass_at(ks),
            length=self._length(),
        )

    def _all_right_at(self, chosen: str) -> float | None:
        """From which total a question is all right: a sum of parts reaches 1 by the format alone.

        Where another part tells right from wrong, it is the highest total of these files.
        """
        if chosen == REWARD or not self._reward.moments.n:
            return None
        return max(self._correct_at, self._reward.moments.high)

    def _length(self) -> LengthReport | None:
        # Tokens and characters are never mixed: the unit that more rows have is taken.
        if self._tokens.rows and self._tokens.rows >= self._characters.rows:
            return self._tokens.report("tokens")
        return self._characters.report("characters") if self._characters.rows else None


def why_unjudged(row: KeptRow) -> str:
    """Put the reasons of a row's unjudged parts together."""
    found = [f"{name}: {part.reason}" for name, part in row.scores.items() if part.value is None]
    return "; ".join(found) or f"status {row.status}, no reason given"


def summarise(rows: Iterable[KeptRow], correct_at: float = 1.0) -> SummaryReport:
    """Compute the figures of rows, with the usual options.

    >>> line = b'{"id":"1","group":"q","reward":0.5,"status":"scored","scores":{}}'
    >>> report = summarise([msgspec.json.decode(line, type=KeptRow)])
    >>> report.reward.mean, report.reward.std, report.length
    (0.5, None, None)
    """
    summary = Summary(correct_at)
    for row in rows:
        summary.add(row)
    return summary.report()
