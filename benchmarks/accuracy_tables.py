"""What a set of opinions comes to, as Markdown."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from isolated import Start, Timed
from pairs import Pair


class Tally(NamedTuple):
    """One verifier on one set of pairs.

    Attributes:
        right: Pairs labelled equivalent that it accepts.
        wrong: Pairs labelled different that it accepts.
        unlabelled: Pairs without a label that it accepts.
        unjudged: Pairs of which it says nothing, hung and crashed ones included.
        lost: Pairs at which it hung or crashed.
        p50_ms: Median time of a pair.
        p99_ms: 99th percentile, by nearest rank.
        max_ms: The longest.
        mean_ms: The mean.
    """

    right: int
    wrong: int
    unlabelled: int
    unjudged: int
    lost: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    mean_ms: float


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values doesn't exceed.

    Args:
        values: At least one.
        share: In (0, 1].

    >>> percentile([4, 1, 3, 2], 0.5), percentile([4, 1, 3, 2], 0.99)
    (2, 4)
    """
    return sorted(values)[math.ceil(share * len(values)) - 1]


def tally(pairs: Sequence[Pair], timed: Sequence[Timed]) -> Tally:
    """Count what a verifier says of at least one pair.

    Raises:
        ValueError: When there is not one opinion for each pair.
    """
    counts: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    for pair, one in zip(pairs, timed, strict=True):
        counts[pair.equivalent] += one.opinion.accepted is True
    times = [1000 * one.seconds for one in timed]
    return Tally(
        counts[True],
        counts[False],
        counts[None],
        sum(one.opinion.accepted is None for one in timed),
        sum(one.opinion.note in ("hung", "crashed") for one in timed),
        percentile(times, 0.5),
        percentile(times, 0.99),
        max(times),
        sum(times) / len(times),
    )


def accuracy_table(
    pairs: Sequence[Pair], timed: Mapping[str, Sequence[Timed]], missing: Mapping[str, str]
) -> str:
    """One line a verifier, ratio of its mean time to the first one's last.

    Args:
        pairs: What was asked, at least one.
        timed: The opinions of each verifier.
        missing: Verifiers that aren't installed, and how to get them.
    """
    labels = [pair.equivalent for pair in pairs]
    columns = [
        ("right accepted", "right", labels.count(True)),
        ("wrong accepted", "wrong", labels.count(False)),
        ("accepted, no label", "unlabelled", labels.count(None)),
    ]
    columns = [column for column in columns if column[2]]
    heads = [f"{head} (of {total:,})" for head, _, total in columns]
    heads += ["not judged", "of these hung or crashed", "ms p50", "p99", "max", "mean", "ratio"]
    lines = ["| verifier | " + " | ".join(heads) + " |", "|---" + "|--:" * len(heads) + "|"]
    base = 0.0
    for name, opinions in timed.items():
        line = tally(pairs, opinions)
        base = base or line.mean_ms
        cells = [f"{getattr(line, field):,}" for _, field, _ in columns]
        cells += [f"{line.unjudged:,}", f"{line.lost:,}"]
        cells += [f"{ms:,.3g}" if ms < 100 else f"{ms:,.0f}" for ms in line[5:]]
        lines.append(f"| {name} | {' | '.join(cells)} | {line.mean_ms / base:.3g} |")
    for name, install in missing.items():
        lines.append(f"| {name} | not installed: `{install}` |" + " |" * (len(heads) - 1))
    return "\n".join(lines)


def start_table(starts: Mapping[str, Start]) -> str:
    """How long each verifier takes until it is warm, as Markdown."""
    lines = ["| verifier | imports, s | first pairs (one easy, one hard), s |", "|---|--:|--:|"]
    lines += [f"| {name} | {one.load_s:.2f} | {one.first_s:.2f} |" for name, one in starts.items()]
    return "\n".join(lines)
