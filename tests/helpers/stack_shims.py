"""Exported files, and the two ways in which stacks load them."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from stack_rollouts import PRESET

from rewardkit.adapters.export import shim_text
from rewardkit.adapters.options import Options
from rewardkit.adapters.stacks import STACKS
from rewardkit.rewards import load_reward

UNJUDGED = -1.0
"""What 'not judged' becomes here where a stack needs a number: no reward's own value."""


def write_shim(folder: Path, stack: str, reward: str = PRESET, unjudged: object = None) -> Path:
    """Export a reward for a stack, with `UNJUDGED` where a number must be chosen."""
    known = STACKS[stack]
    if unjudged is None and not known.says_unjudged:
        unjudged = UNJUDGED
    options = Options(unjudged=unjudged)  # type: ignore[arg-type]  # a test may ask for anything
    path = folder / f"reward_{stack.replace('-', '_')}.py"
    path.write_text(shim_text(known, load_reward(reward), options, path, reward), encoding="utf-8")
    return path


def load_unlisted(path: Path) -> ModuleType:
    """Run a file as verl, OpenRLHF and verifiers do: without entering it in `sys.modules`."""
    spec = importlib.util.spec_from_file_location("reward_file", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert "reward_file" not in sys.modules
    return module
