"""What the core must not load: everything that makes a command slow to start."""

import subprocess
import sys

HEAVY = ("torch", "transformers", "sympy", "math_verify", "numpy", "scipy", "rich", "py3langid")


def loaded(code: str) -> set[str]:
    report = f"{code}\nimport sys; print(*({HEAVY!r} & sys.modules.keys()))"
    report = report.replace(repr(HEAVY), f"set({HEAVY!r})")
    run = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_package_is_light() -> None:
    assert loaded("import rewardkit") == set()


def test_rewards_and_verifiers_are_light() -> None:
    assert loaded("import rewardkit.rewards, rewardkit.verifiers") == set()


def test_command_line_is_light() -> None:
    assert loaded("import rewardkit.cli") == set()


def test_scoring_worker_is_light() -> None:
    assert loaded("import rewardkit.engine.worker") == set()
