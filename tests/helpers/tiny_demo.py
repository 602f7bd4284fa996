"""A demo of a few questions and steps: `python tiny_demo.py FOLDER` runs it as a process."""

import sys
from pathlib import Path

from rewardkit.digits import files
from rewardkit.digits.demo import run_demo
from rewardkit.digits.demo_report import DemoReport
from rewardkit.trainer.metrics import Progress

OPTIONS = [
    "stages.warmup.options.max_steps=4",
    "stages.warmup.options.save_steps=2",
    "stages.warmup.options.per_device_train_batch_size=8",
    *(
        f"stages.{stage}.{option}"
        for stage in ("perception", "reasoning")
        for option in (
            "options.max_steps=3",
            "options.save_steps=1",
            "options.per_device_train_batch_size=16",
            "watch_every=2",
            "watch_rows=6",
        )
    ),
    "stages.reasoning.from=null",
    "stages.sample.generation.n=2",
]
"""Changes of the recipe; the sampling of a model that knows nothing finds no medium questions."""


ROWS = {"DEMONSTRATION_ROWS": 24, "BLANK_ROWS": 8, "TRAIN_ROWS": 24, "TEST_ROWS": 12}


def run_tiny(folder: Path, *, resume: bool = False, told: Progress | None = None) -> DemoReport:
    """Run it."""
    for name, rows in ROWS.items():
        setattr(files, name, rows)
    return run_demo(folder, 0, OPTIONS, resume=resume, told=told, scorer_steps=4)


def main() -> None:
    """Say on standard output which stage begins."""
    from rewardkit.cli.train import silence

    silence(debug=False)

    def tell(stage: str, step: int, total: int, figures: dict[str, float]) -> None:
        print(stage, step, flush=True)

    run_tiny(Path(sys.argv[1]), resume=True, told=tell)


if __name__ == "__main__":
    main()
