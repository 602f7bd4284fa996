"""The endpoints: what is asked under which address."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from rewardkit.adapters.end_tokens import END_TOKENS
from rewardkit.adapters.figures import part_names
from rewardkit.server import nemo_gym, openrlhf
from rewardkit.server.batch import Batch
from rewardkit.server.door import body_of
from rewardkit.server.metrics import CONTENT_TYPE
from rewardkit.server.refusals import RefusedError
from rewardkit.server.schemas import ANSWERS, answers, asks
from rewardkit.server.service import Service
from rewardkit.types import Rollout

JSON = "application/json"
NDJSON = "application/x-ndjson"
JSON_KINDS = (JSON,)
LINE_KINDS = (NDJSON, "application/ndjson", "application/jsonl")

APART_BYTES = 2**17
"""A longer body is read in a thread, so that the others' requests don't wait for it."""

T = TypeVar("T")


def add_state(app: FastAPI, service: Service) -> None:
    """Add what an orchestrator asks."""

    @app.get("/health", summary="Whether the process lives", tags=["state"])
    async def health() -> Response:
        """200 as long as the process answers at all; needs no token."""
        return Response('{"status":"ok"}', media_type=JSON)

    @app.get("/ready", summary="Whether it scores now", tags=["state"], responses=ANSWERS)
    async def ready() -> Response:
        """200 once all workers have loaded their models, 503 before and while it stops."""
        if not service.ready:
            raise RefusedError(503, service.why_not_ready(), (), 1)
        return Response('{"status":"ready"}', media_type=JSON)

    @app.get("/metrics", summary="Counts for Prometheus", tags=["state"])
    async def metrics() -> Response:
        """Requests, latencies, verdicts by status, worker restarts, the queue."""
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)


def add_score(app: FastAPI, service: Service) -> None:
    """Add rewardkit's own protocol."""

    @app.post(
        "/score",
        summary="Score rollouts",
        tags=["scoring"],
        openapi_extra=asks("ScoreRequest", NDJSON),
        responses=answers("ScoreAnswer", NDJSON),
    )
    async def score(request: Request) -> Response:
        """Scores a batch; the results are in the order of the rollouts.

        NDJSON is answered with NDJSON, a line for each rollout as soon as those before it are
        there. A request of which one row is no rollout is refused as a whole. What is not scored
        by the deadline is unjudged, with the reason.
        """
        kind = check_kind(request, JSON_KINDS + LINE_KINDS)
        service.check_started()
        body = await body_of(request, service)
        read = service.rows.read_json if kind in JSON_KINDS else service.rows.read_lines
        rollouts = await apart(body, read)
        if kind in LINE_KINDS:
            return StreamingResponse(stream(service.admit(rollouts), service), media_type=NDJSON)
        lines = await service.score(rollouts, request)
        results = b",".join(line.data for line in lines)
        return Response(b'{"results":[' + results + b"]}", media_type=JSON)


def add_stacks(app: FastAPI, service: Service) -> None:
    """Add the protocols of other stacks."""
    settings = service.settings
    parts = part_names(settings.reward)
    end_tokens = (*settings.end_tokens, *END_TOKENS)

    @app.post(
        "/get_reward",
        summary="OpenRLHF's protocol",
        tags=["scoring"],
        openapi_extra=asks("Questions"),
        responses=answers("Rewards"),
    )
    async def get_reward(request: Request) -> Response:
        """Answers a number for each query; one that is not judged is 422, or `--unjudged`."""
        check_kind(request, JSON_KINDS)
        service.refuse_alone("/get_reward")
        service.check_started()
        body = await body_of(request, service)

        def read(body: bytes) -> list[Rollout | str]:
            return openrlhf.read_queries(body, service.rows, settings.limits, end_tokens)

        asked = await apart(body, read)
        lines = await service.score([row for row in asked if isinstance(row, Rollout)], request)
        merged = openrlhf.merge(asked, lines, service.kind)
        found = openrlhf.answer(merged, parts, settings.unjudged)
        return Response(msgspec.json.encode(found), media_type=JSON)

    @app.post(
        "/verify",
        summary="NeMo Gym's protocol",
        tags=["scoring"],
        openapi_extra=asks("Question"),
        responses=answers("Verified"),
    )
    async def verify(request: Request) -> Response:
        """Answers the request's fields and the reward; not judged is `mask_sample`."""
        check_kind(request, JSON_KINDS)
        service.refuse_alone("/verify")
        service.check_started()
        body = await body_of(request, service)
        fields, rollout = await apart(
            body, lambda body: nemo_gym.read_question(body, service.rows, settings.places)
        )
        (line,) = await service.score([rollout], request)
        return Response(nemo_gym.answer(fields, line), media_type=JSON)


async def stream(batch: Batch, service: Service) -> AsyncIterator[bytes]:
    """Scored lines as they come; what is left is taken back when the client goes away."""
    try:
        async for lines in batch.stream():
            service.metrics.note_lines(lines)
            yield b"".join(line.data + b"\n" for line in lines)
    finally:
        service.waiting.withdraw(batch.pieces)


async def apart(body: bytes, read: Callable[[bytes], T]) -> T:
    """Read a body, a long one without holding up others' requests."""
    return await asyncio.to_thread(read, body) if len(body) > APART_BYTES else read(body)


def check_kind(request: Request, kinds: tuple[str, ...]) -> str:
    """The media type of a request.

    A web page can make a browser post text to any server, also to this machine's own; it can't
    post JSON without being allowed to.

    Raises:
        RefusedError: 415 for another type.
    """
    given = request.headers.get("content-type", "")
    kind = given.partition(";")[0].strip().lower()
    if kind not in kinds:
        raise RefusedError(
            415, f"Content-Type: expected {' or '.join(kinds[:2])}, got {given[:80]!r}"
        )
    return kind
