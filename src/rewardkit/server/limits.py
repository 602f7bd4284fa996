"""What one request may ask for, and all of them together."""

import msgspec

from rewardkit.errors import ConfigError


class Limits(msgspec.Struct, frozen=True):
    """The bounds that keep a server alive.

    Attributes:
        queue: Rollouts that are admitted and have no score yet.
        rollouts: Rollouts of one request.
        body_bytes: Bytes of one request's body.
        deadline_s: Seconds for a request, from its last byte to its scores. A rollout that hangs
            is given up after half of it, so that the requests behind it have the other half.

    Raises:
        ConfigError: When one of them can't be meant.
    """

    queue: int = 16384
    rollouts: int = 4096
    body_bytes: int = 32 * 2**20
    deadline_s: float = 120.0

    def __post_init__(self) -> None:
        """Refuse bounds that let nothing through."""
        for option, value in (
            ("--queue", self.queue),
            ("--max-rollouts", self.rollouts),
            ("--max-body", self.body_bytes),
        ):
            if value < 1:
                raise ConfigError(f"{option}: expected at least 1, got {value}")
        if not 0.1 <= self.deadline_s <= 86_400:
            raise ConfigError(f"--deadline: expected 0.1 to 86400 seconds, got {self.deadline_s:g}")
        if self.rollouts > self.queue:
            raise ConfigError(
                f"--queue: expected room for one request of --max-rollouts {self.rollouts}, got "
                f"{self.queue}"
            )

    @property
    def work_s(self) -> float:
        """Seconds of a worker's time that a piece of a request may take."""
        return self.deadline_s / 2
