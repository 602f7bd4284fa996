"""What the OpenAPI page says of bodies, made of the types that read and write them."""

from typing import Any

import msgspec

from rewardkit.engine.rows import ScoredLine
from rewardkit.server.nemo_gym import Question, Verified
from rewardkit.server.openrlhf import Questions, Rewards
from rewardkit.server.refusals import Refusal
from rewardkit.types import Rollout

PLACE = "#/components/schemas/"


class ScoreRequest(msgspec.Struct, frozen=True):
    """What `/score` is sent as JSON; as NDJSON, one rollout a line. Unknown fields are kept."""

    rollouts: list[Rollout]


class ScoreAnswer(msgspec.Struct, frozen=True):
    """What `/score` answers to JSON; to NDJSON, one result a line."""

    results: list[ScoredLine]


TYPES = (ScoreRequest, ScoreAnswer, Questions, Rewards, Question, Verified, Refusal)

WHY: dict[int, str] = {
    400: "The body is no JSON.",
    401: "The token is missing or wrong.",
    408: "The body did not come in time.",
    413: "Too many bytes or rollouts.",
    415: "Another media type, or a packed body.",
    422: "A row is no rollout, or there is no reward to answer with.",
    429: "The queue is full; try again after `Retry-After` seconds.",
    503: "The workers are not warm yet, or the server stops.",
}


def content(name: str, also: str = "") -> dict[str, Any]:
    """A body of a type in JSON, and in another media type that has no schema."""
    body: dict[str, Any] = {"application/json": {"schema": {"$ref": PLACE + name}}}
    return {**body, also: {"schema": {"type": "string"}}} if also else body


def asks(name: str, also: str = "") -> dict[str, Any]:
    """A request's body, as FastAPI's `openapi_extra` takes it."""
    return {"requestBody": {"required": True, "content": content(name, also)}}


ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"description": why, "content": content("Refusal")} for status, why in WHY.items()
}


def answers(name: str, also: str = "") -> dict[int | str, dict[str, Any]]:
    """All answers of an endpoint that scores, as FastAPI's `responses` takes them."""
    return {200: {"description": "Scored.", "content": content(name, also)}, **ANSWERS}


def components() -> dict[str, Any]:
    """The schemas of all bodies by name."""
    _, found = msgspec.json.schema_components(TYPES, ref_template=PLACE + "{name}")
    return found
