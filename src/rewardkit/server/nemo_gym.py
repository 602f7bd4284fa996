"""NeMo Gym's protocol: a request of its `/verify` in, the same fields and a reward out.

Source: `BaseVerifyRequest` and `BaseVerifyResponse` of NeMo Gym 0.7.0,
https://github.com/NVIDIA-NeMo/Gym.
"""

from typing import Any

import msgspec

from rewardkit.adapters.nemo_gym import REFERENCES
from rewardkit.adapters.responses import exchange_row
from rewardkit.decoding import Violation, decode_object, shorten
from rewardkit.engine.rows import ScoredLine
from rewardkit.formats import Places
from rewardkit.server.nesting import EXPECTED, too_deep
from rewardkit.server.pieces import Cause, Line
from rewardkit.server.refusals import RefusedError
from rewardkit.server.rows import Rows, refuse_wrong
from rewardkit.types import Rollout

KINDS: dict[Cause, str] = {
    "": "rewardkit:not_judged",
    "deadline": "rewardkit:deadline",
    "died": "rewardkit:worker_died",
    "fault": "verifier_error",
}
"""What their vocabulary of failures calls it; a name with a colon is a server's own."""


class Question(msgspec.Struct, frozen=True):
    """What `/verify` is sent; its other fields are those of the row, and handed through.

    Attributes:
        responses_create_params: The request to the model; its `input` is the prompt.
        response: The model's answer; the texts of its last message are the completion.
    """

    responses_create_params: dict[str, Any]
    response: dict[str, Any]


class Verified(msgspec.Struct, frozen=True):
    """What `/verify` answers besides the request's own fields.

    Attributes:
        reward: A finite number; 0 where `mask_sample` says that it doesn't count.
        mask_sample: Whether the rollout was not judged.
        failure_kind: Why not, in one word; null for a judged one.
        failure_reason: Why not, in one line.
        rewardkit: The line as `/score` answers it.
    """

    reward: float
    mask_sample: bool
    failure_kind: str | None
    failure_reason: str | None
    rewardkit: ScoredLine


def read_question(body: bytes, rows: Rows, places: Places) -> tuple[dict[str, Any], Rollout]:
    """The request's fields, and the rollout that they describe.

    Args:
        body: JSON.
        rows: Reads rollouts.
        places: Renamings of the row's own fields.

    Raises:
        RefusedError: When it is not the protocol's JSON, or its row is no rollout.
    """
    fields = decode_object(body)
    if isinstance(fields, Violation):
        raise RefusedError(422 if fields.expected == "a JSON object" else 400, f"body: {fields}")
    if too_deep(body, fields):  # they are sent back
        raise RefusedError(422, f"body: expected {EXPECTED}, got {shorten(body)}")
    try:
        question = msgspec.convert(fields, Question)
    except msgspec.ValidationError as error:
        raise RefusedError(422, f"body: {error}") from None
    row = {name: value for name, value in fields.items() if name not in Question.__struct_fields__}
    row |= exchange_row(question.responses_create_params, question.response, "images" in row)
    places = {"reference": REFERENCES, **places}
    rollout = rows.admit(msgspec.json.encode(row), "body", "1", places)
    if isinstance(rollout, str):
        refuse_wrong([rollout], 1)
        raise AssertionError  # `refuse_wrong` has raised
    return fields, rollout


def answer(fields: dict[str, Any], line: Line) -> bytes:
    """The request's fields with the reward; what they say of a reward already is replaced."""
    scored = msgspec.json.decode(line.data, type=ScoredLine)
    judged = scored.reward is not None
    verified = Verified(
        reward=scored.reward if scored.reward is not None else 0.0,
        mask_sample=not judged,
        failure_kind=None if judged else KINDS["fault" if scored.status == "error" else line.cause],
        failure_reason=None if judged else next(iter(scored.scores.values())).reason,
        rewardkit=scored,
    )
    return msgspec.json.encode({**fields, **msgspec.structs.asdict(verified)})
