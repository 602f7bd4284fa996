"""Columns to rows, for the stacks that hand over a batch as lists by name: TRL and ms-swift."""

from collections.abc import Mapping, Sequence

from rewardkit.adapters.rows import plain
from rewardkit.errors import RolloutError


def to_rows(
    completions: Sequence[object], columns: Mapping[str, object]
) -> list[dict[str, object]]:
    """One row a completion.

    >>> to_rows(["7"], {"prompts": ["3+4?"], "completion_ids": [[1, 2]], "solution": ["7"]})
    [{'solution': '7', 'prompt': '3+4?', 'completion': '7', 'completion_tokens': 2}]
    """
    count = len(completions)
    columns = {name: in_rows(name, values, count) for name, values in columns.items()}
    lists = {name: values for name, values in columns.items() if isinstance(values, list | tuple)}
    prompts, ids = lists.pop("prompts", None), lists.pop("completion_ids", None)
    rows: list[dict[str, object]] = []
    for number, completion in enumerate(completions):
        row: dict[str, object] = {name: values[number] for name, values in lists.items()}
        if prompts is not None:
            row["prompt"] = prompts[number]
        row["completion"] = completion
        if ids is not None:
            row["completion_tokens"] = token_count(ids[number])
        if "image" in row and not isinstance(row["image"], list):
            row["image"] = [row["image"]] if row["image"] is not None else []
        rows.append(row)
    return rows


def in_rows(name: str, values: object, count: int) -> Sequence[object] | None:
    """A column as a list with a value for each completion; None for what is no column.

    Raises:
        RolloutError: When it holds another number of values.

    >>> in_rows("solution", ("7", "8"), 2), in_rows("trainer_state", object(), 2)
    (('7', '8'), None)
    """
    if not isinstance(values, list | tuple):
        values = plain(values)  # of an array or a tensor
    if not isinstance(values, list | tuple):
        return None
    if len(values) != count:
        raise RolloutError(
            f"column '{name}': expected {count} values, one for each completion, got {len(values)}"
        )
    return values


def token_count(ids: object) -> int | None:
    """How many tokens there are in a list of them, or in one of a list for each turn.

    Returns:
        None where there is no list.

    >>> token_count([1, 2, 3]), token_count([[1, 2], [3]]), token_count(None)
    (3, 3, None)
    """
    if not isinstance(ids, Sequence):
        ids = plain(ids)
    if not isinstance(ids, Sequence):
        return None
    return sum(len(one) if isinstance(one, Sequence) else 1 for one in ids)
