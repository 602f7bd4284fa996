"""What all endpoints share: the reward, its workers, the limits and the counts."""

import asyncio
import contextlib
from collections.abc import Sequence

import msgspec
from starlette.requests import Request

from rewardkit.engine.rows import name_of
from rewardkit.rewards import encode, needs_groups, uses_models
from rewardkit.server.auth import Guard
from rewardkit.server.batch import Batch
from rewardkit.server.body import Bodies
from rewardkit.server.crew import Crew
from rewardkit.server.image_root import ImageRoot
from rewardkit.server.metrics import Metrics
from rewardkit.server.pieces import MODEL_PIECE_ROWS, PIECE_ROWS, Line
from rewardkit.server.refusals import RefusedError
from rewardkit.server.rows import Rows
from rewardkit.server.settings import Settings
from rewardkit.server.waiting import Waiting
from rewardkit.types import Rollout

RETRY_AFTER_S = 1


class Service:
    """One reward and what it takes to serve it.

    Attributes:
        stopping: Whether the server is on its way out; it answers what it has accepted.
    """

    def __init__(self, settings: Settings) -> None:
        """Put the parts together; `crew.start` starts the workers.

        Raises:
            ConfigError: When the folder of images is none.
        """
        self.settings = settings
        self.stopping = False
        self.kind = name_of(settings.reward)
        self.whole_groups = needs_groups(settings.reward)
        self.guard = Guard(settings.token)
        self.bodies = Bodies(settings.limits)
        self.rows = Rows(settings.places, ImageRoot(settings.image_root), settings.limits)
        self.waiting = Waiting(settings.limits.queue)
        self.crew = Crew(
            settings.workers,
            msgspec.json.encode(encode(settings.reward)),
            self.kind,
            self.waiting,
            settings.limits.work_s,
        )
        self.metrics = Metrics(
            lambda: self.crew.restarts, lambda: self.waiting.held, lambda: self.crew.warm
        )
        self._piece_rows = MODEL_PIECE_ROWS if uses_models(settings.reward) else PIECE_ROWS

    @property
    def ready(self) -> bool:
        """Whether a request would be scored now."""
        return self.crew.ready and not self.stopping

    def why_not_ready(self) -> str:
        """One line for whoever asks `/ready`; what went wrong with a worker stays on this side."""
        if self.stopping:
            return "server: expected it to stay, got its end"
        return "server: expected warm workers, got none"

    def check_started(self) -> None:
        """Refuse work before the workers are warm; later it waits for one that is replaced.

        Raises:
            RefusedError: 503.
        """
        if not self.crew.started:
            raise RefusedError(503, "server: expected warm workers, got none yet", (), 1)

    def refuse_alone(self, endpoint: str) -> None:
        """Refuse rollouts that come one by one where the reward compares them.

        Raises:
            RefusedError: 422.
        """
        if self.whole_groups:
            raise RefusedError(
                422,
                f"{endpoint}: expected a reward that looks at one rollout, got {self.kind}, which "
                "compares those of a question; send whole groups to /score",
            )

    def admit(self, rollouts: Sequence[Rollout]) -> Batch:
        """Take a request's rollouts, all or none.

        Raises:
            RefusedError: 429 where the queue has no room for them.
        """
        limits = self.settings.limits
        batch = Batch(rollouts, self.whole_groups, self._piece_rows, limits.deadline_s, self.kind)
        if not self.waiting.admit(batch.pieces):
            raise RefusedError(
                429,
                f"queue: expected room for {len(rollouts)} rollouts, got {self.waiting.held} of "
                f"{limits.queue} waiting",
                (),
                RETRY_AFTER_S,
            )
        return batch

    async def score(self, rollouts: Sequence[Rollout], request: Request) -> list[Line]:
        """Score a request's rollouts as a whole.

        Raises:
            RefusedError: 429 as of `admit`, 499 where the client goes away before the end.
        """
        batch = self.admit(rollouts)
        work = asyncio.ensure_future(batch.all())
        gone = asyncio.ensure_future(went_away(request))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise RefusedError(499, "client: expected it to wait, got its end")
            lines = work.result()
        finally:
            for task in (work, gone):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait({task})
            self.waiting.withdraw(batch.pieces)
        self.metrics.note_lines(lines)
        return lines


async def went_away(request: Request) -> None:
    """Wait until the client of a request that was read is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        continue
