"""Figures where they are reported to: in metrics.jsonl once, and in what `report_to` names."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import GRPO, write_world

from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.run import run_recipe


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What the event files of a folder hold: step and value, by name."""
    accumulator = "tensorboard.backend.event_processing.event_accumulator"  # has no types
    make: Any = importlib.import_module(accumulator).EventAccumulator

    (file,) = folder.rglob("events.out.tfevents.*")
    events = make(str(file))
    events.Reload()
    return {
        tag.removeprefix("train/"): [(one.step, one.value) for one in events.Scalars(tag)]
        for tag in events.Tags()["scalars"]
    }


def test_what_is_watched_is_reported_as_all_else(tmp_path: Path) -> None:
    options = GRPO["options"] | {"report_to": "tensorboard", "beta": 0.1, "save_strategy": "no"}
    stage: dict[str, Any] = GRPO | {"options": options, "watch_every": 2, "watch_rows": 4}
    fields = write_world(tmp_path, images=False) | {"stages": {"rl": stage}}
    run_recipe(load_recipe(fields))
    reported = scalars(tmp_path / "run")
    rows = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()]
    names = ["watch/accuracy", "reward", "reward_share", "entropy", "kl", "groups/total/mixed"]
    names += ["completions/mean_length", "completions/clipped_ratio", "num_tokens", "loss"]
    for name in names:
        written = [(row["step"], row[name]) for row in rows if name in row]
        assert [step for step, _ in written] == (
            [2, 4] if name.startswith("watch") else [1, 2, 3, 4]
        )
        assert [step for step, _ in reported[name]] == [step for step, _ in written], name
        assert [value for _, value in reported[name]] == pytest.approx([one for _, one in written])
