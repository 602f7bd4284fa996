"""Memory of a process tree is watched from its start to its end."""

import sys
from pathlib import Path

import pytest
from process_tree import MIB, Sample, peak_until, size_of, watch

CHILD = "import sys, time; block = b'x' * (40 << 20); time.sleep(0.4)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


def test_memory_of_children_counts() -> None:
    run = watch([sys.executable, "-c", PARENT], lambda: 0, interval_s=0.02)
    assert run.exit_code == 0
    assert peak_until(run.samples, 1.0, 1) > 40 * MIB
    assert run.seconds > 0.3


def test_processor_time_of_children_counts() -> None:
    code = "import time\nwhile time.process_time() < 0.2: pass"
    run = watch([sys.executable, "-c", PARENT.replace(repr(CHILD), repr(code))], lambda: 0)
    assert run.cpu_s > 0.2


def test_exit_code_is_kept() -> None:
    run = watch([sys.executable, "-c", "import sys; sys.exit(3)"], lambda: 0, interval_s=0.02)
    assert run.exit_code == 3


@pytest.mark.parametrize(("share", "rss"), [(0.0, 10), (0.1, 10), (0.5, 30), (1.0, 30)], ids=str)
def test_peak_until_a_share_of_the_way(share: float, rss: int) -> None:
    samples = [Sample(0, 10), Sample(20, 30), Sample(50, 20), Sample(100, 5)]
    assert peak_until(samples, share, 100) == rss


def test_peak_without_a_sample_is_zero() -> None:
    assert peak_until([], 1.0, 100) == 0
    assert peak_until([Sample(50, 20)], 0.1, 100) == 0


def test_size_is_that_of_the_first_file_there_is(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert size_of([first, second]) == 0
    second.write_bytes(b"12345")
    assert size_of([first, second]) == 5
    first.write_bytes(b"1")
    assert size_of([first, second]) == 1
