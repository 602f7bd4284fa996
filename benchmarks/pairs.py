r"""Read what the verifier benchmarks judge: pairs, rollouts, or references alone.

Three kinds of JSONL lines, told apart by their fields:

* `reference`, `answer`, `equivalent` (and perhaps `task`): a labelled pair;
* `completion`, `reference`, `correct`: a labelled rollout, whose answer the template `gsm8k` reads;
* `reference` alone: a gold answer, which has to equal itself in a box.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from rewardkit.templates import TEMPLATES

Kind = Literal["pairs", "rollouts", "golds"]


class Pair(NamedTuple):
    """One answer and what is right.

    Attributes:
        id: The line's `id`, else its number.
        reference: What is right.
        answer: What was answered; empty where a reply gives no answer.
        equivalent: The label, None without one.
        task: The verifier that rewardkit uses.
    """

    id: str
    reference: str
    answer: str
    equivalent: bool | None
    task: str = "math"


def boxed(text: str) -> str:
    r"""The text in a box, as it is where it already has one.

    >>> boxed("7"), boxed(r"so \boxed{7}")
    ('\\boxed{7}', 'so \\boxed{7}')
    """
    return text if r"\boxed" in text else rf"\boxed{{{text}}}"


def stated_answer(completion: str) -> str:
    r"""The answer that the template `gsm8k` reads, empty where there is none.

    >>> stated_answer("16 - 7 = 9\nA: 9")
    '9'
    """
    return TEMPLATES["gsm8k"].parse(completion).answer.text


def read_pairs(path: Path) -> tuple[Kind, list[Pair]]:
    """Read one file; its first line says what kind it is of.

    Raises:
        SystemExit: When the file has no line, or a line lacks a field.
    """
    with path.open(encoding="utf-8") as lines:
        rows = [(n, json.loads(line)) for n, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise SystemExit(f"{path.name}: expected JSON lines, got none")
    first = rows[0][1]
    kind: Kind = (
        "pairs" if "equivalent" in first else "rollouts" if "completion" in first else "golds"
    )
    pairs = []
    for number, row in rows:
        identity, task = str(row.get("id", number)), row.get("task", "math")
        try:
            reference = str(row["reference"])
            if kind == "pairs":
                pair = Pair(identity, reference, row["answer"], row["equivalent"], task)
            elif kind == "rollouts":
                answer = stated_answer(row["completion"])
                pair = Pair(identity, reference, answer, row.get("correct"), task)
            else:
                pair = Pair(identity, reference, boxed(reference), True, task)
        except KeyError as error:
            raise SystemExit(f"{path.name}, line {number}: no field {error}") from None
        pairs.append(pair)
    return kind, pairs


def crossed(golds: Sequence[Pair], count: int, seed: int) -> list[Pair]:
    """Each time the gold of one row as the answer to another row whose text differs.

    Args:
        golds: Rows of a file of golds.
        count: How many pairs are drawn, without repetition; 0 for all there are.
        seed: Of the draw.

    Returns:
        Unlabelled pairs, each two rows at most once, in either direction.

    >>> golds = [Pair(text, text, text, True) for text in "778"]
    >>> [pair.id for pair in crossed(golds, 0, seed=0)]
    ['7 for 8', '7 for 8']
    """
    texts = [gold.reference for gold in golds]
    couples = [
        (i, j) for i in range(len(texts)) for j in range(i + 1, len(texts)) if texts[i] != texts[j]
    ]
    if count:
        rng = random.Random(seed)
        drawn = rng.sample(couples, min(count, len(couples)))
        couples = [couple if rng.random() < 0.5 else couple[::-1] for couple in drawn]
    return [
        Pair(f"{golds[i].id} for {golds[j].id}", texts[j], boxed(texts[i]), None)
        for i, j in couples
    ]
