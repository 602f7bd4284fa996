"""How long a demo has taken, also when it was killed and gone on with."""

import time
from pathlib import Path

from rewardkit.digits.demo_folder import DemoState, write_state
from rewardkit.trainer.metrics import Progress


class Clock:
    """Adds the time that was spent to a demo's state."""

    def __init__(self, folder: Path, state: DemoState) -> None:
        """Begin to count."""
        self._folder, self._state, self._last = folder, state, time.perf_counter()

    def lap(self) -> None:
        """Write down the state with the time since the last lap."""
        now = time.perf_counter()
        self._state.seconds += now - self._last
        self._last = now
        write_state(self._folder, self._state)

    def watching(self, tell: Progress) -> Progress:
        """The same teller, with a lap whenever a stage begins."""
        current = ""

        def watch(stage: str, step: int, total: int, figures: dict[str, float]) -> None:
            nonlocal current
            if stage != current:
                current = stage
                self.lap()
            tell(stage, step, total, figures)

        return watch
