"""A machine is described without naming it."""

import platform
import re
from pathlib import Path

import pytest
from machine import core_count, cpu_model, describe_machine, machine_slug, versions


def test_slug_is_fit_for_a_file_name() -> None:
    assert re.fullmatch(r"\d+-cores-[a-z0-9-]+", machine_slug())


def test_machine_does_not_give_its_name_away() -> None:
    assert platform.python_version() in describe_machine()
    assert f"{core_count()} cores" in describe_machine()
    assert platform.node() not in describe_machine() or not platform.node()


@pytest.mark.parametrize(
    ("text", "model"),
    [("processor : 0\nmodel name : Fast 9000\nmodel name : Slow\n", "Fast 9000"), ("", None)],
    ids=["named", "unnamed"],
)
def test_cpu_model(tmp_path: Path, text: str, model: str | None) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(text, encoding="utf-8")
    assert cpu_model(path) == (model or cpu_model(tmp_path / "missing"))
    assert cpu_model(path)


def test_versions_are_named() -> None:
    assert re.fullmatch(r"rewardkit \S+, psutil \S+", versions(["rewardkit", "psutil"]))
