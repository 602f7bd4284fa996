"""What a benchmark ran on, in words that name no machine of ours."""

import os
import platform
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path


def core_count() -> int:
    """Cores that this process may use, at least 1."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_model(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name, or its architecture where the system doesn't tell."""
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "unknown processor"


def describe_machine() -> str:
    """Cores, processor, Python."""
    python = platform.python_version()
    return f"{core_count()} cores of {cpu_model()}, Python {python}, {platform.system()}"


def machine_slug() -> str:
    """The machine as a part of a file's name.

    >>> machine_slug() == machine_slug().lower()
    True
    """
    model = re.sub(r"\([^()]*\)|@.*|\b(?:cpu|processor)\b", "", cpu_model().lower())
    words = re.sub(r"[^a-z0-9]+", "-", model).strip("-")
    return f"{core_count()}-cores-{words}"


def versions(packages: Sequence[str]) -> str:
    """Installed versions, as in `sympy 1.14.0, psutil 7.2.2`."""
    return ", ".join(f"{package} {version(package)}" for package in packages)
