"""OpenRLHF's protocol: queries, prompts and labels in, a number for each out.

Source: `SingleTurnAgentExecutor` of OpenRLHF 0.11.2, https://github.com/OpenRLHF/OpenRLHF, which
sends one query a request and swallows every answer but a 200.
"""

from collections.abc import Sequence

import msgspec

from rewardkit.adapters.openrlhf import reply_of
from rewardkit.engine.rows import ScoredLine
from rewardkit.errors import RolloutError
from rewardkit.server.limits import Limits
from rewardkit.server.pieces import Line, unscored
from rewardkit.server.refusals import RefusedError
from rewardkit.server.rows import Rows, check_count, decode_body, refuse_wrong
from rewardkit.types import Reference, Rollout


class Questions(msgspec.Struct, frozen=True):
    """What `/get_reward` is sent.

    Attributes:
        query: Prompt and reply of each rollout in one text, with special tokens.
        prompts: The prompts alone.
        labels: What is right, one for each; the rollouts' `reference`.
    """

    query: list[str]
    prompts: list[str]
    labels: list[Reference]


class Rewards(msgspec.Struct, frozen=True):
    """What `/get_reward` answers.

    Attributes:
        rewards: One finite number for each query.
        scores: The rewards cut to [0, 1], which dynamic filtering compares.
        extra_logs: The numbers of [`figures`][rewardkit.adapters.figures.figures], their means
            over the queries.
    """

    rewards: list[float]
    scores: list[float]
    extra_logs: dict[str, float]


def read_queries(
    body: bytes, rows: Rows, limits: Limits, end_tokens: Sequence[str]
) -> list[Rollout | str]:
    """The rollouts that are asked for; a reason where a query doesn't hold its prompt.

    Args:
        body: JSON.
        rows: Reads rollouts.
        limits: How many there may be.
        end_tokens: What is cut off the end of a reply.

    Raises:
        RefusedError: When it is not the protocol's JSON.
    """
    asked = decode_body(body, Questions)
    counts = len(asked.query), len(asked.prompts), len(asked.labels)
    if len(set(counts)) > 1:
        raise RefusedError(
            422, f"query, prompts, labels: expected lists of one length, got {counts}"
        )
    check_count(counts[0], limits.rollouts)
    found: list[Rollout | str] = []
    wrong: list[str] = []
    for i, (query, prompt, label) in enumerate(
        zip(asked.query, asked.prompts, asked.labels, strict=True)
    ):
        try:
            reply = reply_of(query, prompt, end_tokens)
        except RolloutError as error:  # a prompt that was cut, or a decoding that changed it
            found.append(str(error))
            continue
        row = msgspec.json.encode({"completion": reply, "prompt": prompt, "reference": label})
        rollout = rows.admit(row, f"query[{i}]", str(i + 1), {})
        if isinstance(rollout, Rollout):
            found.append(rollout)
        else:
            wrong.append(rollout)
    refuse_wrong(wrong, counts[0])
    return found


def merge(asked: Sequence[Rollout | str], lines: Sequence[Line], kind: str) -> list[Line]:
    """The lines of all queries: of those that were scored, and of those that could not be."""
    scored = iter(lines)
    nothing = Rollout(completion="")
    return [
        unscored(nothing, kind, row, "") if isinstance(row, str) else next(scored) for row in asked
    ]


def answer(lines: Sequence[Line], parts: Sequence[str], unjudged: float | None) -> Rewards:
    """Put scored lines into the protocol's form.

    Args:
        lines: One for each query.
        parts: Names of the parts that every line has.
        unjudged: The number that stands for 'not judged'; None where there is no such number.

    Raises:
        RefusedError: When a query was not judged and no number stands for that. The protocol has
            no word for it: a null ends the run much later, and a NaN trains.
    """
    found = [msgspec.json.decode(line.data, type=ScoredLine) for line in lines]
    missing = [
        f"query[{i}]: not judged: {next(iter(line.scores.values())).reason}"
        for i, line in enumerate(found)
        if line.reward is None
    ]
    if missing and unjudged is None:
        raise RefusedError(
            422, f"{missing[0]}; --unjudged NUMBER answers with a number instead", missing
        )
    rewards = [line.reward if line.reward is not None else unjudged or 0.0 for line in found]
    scores = [min(1.0, max(0.0, reward)) for reward in rewards]
    return Rewards(rewards, scores, means([figures(line, parts) for line in found]))


def figures(line: ScoredLine, parts: Sequence[str]) -> dict[str, float]:
    """What is logged of a line: the numbers that the adapter for a file logs, too."""
    numbers = {"judged": float(line.reward is not None)}
    for name in parts:
        value = line.scores[name].value if name in line.scores else None
        numbers[f"parts/{name}"] = value or 0.0
        numbers[f"judged/{name}"] = float(value is not None)
    return numbers


def means(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Mean of each number over the rows, which all have the same ones; nothing of no rows."""
    return {name: sum(row[name] for row in rows) / len(rows) for name in (rows or [{}])[0]}
