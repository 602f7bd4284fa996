"""A side-car says what came of a run, and what it says is read back."""

from pathlib import Path

import pytest

from rewardkit.engine.report import Report, read_report, side_car
from rewardkit.engine.results import Counts
from rewardkit.errors import ConfigError

REPORT = Report(Counts(10, 4, 3, 3, 2, 3.0), repeats=1)


def test_side_car_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "meta").write_bytes(side_car({"inputs": []}, REPORT))

    found = read_report(tmp_path / "meta")

    assert found.counted() == REPORT.counted()
    assert found.mean == REPORT.mean == 0.75
    assert found.resumed_at == 10


def test_nothing_scored_has_no_mean(tmp_path: Path) -> None:
    (tmp_path / "meta").write_bytes(side_car({}, Report(Counts(2, 0, 2))))

    assert read_report(tmp_path / "meta").mean is None


@pytest.mark.parametrize("data", [b"{}", b'{"counts": {"rollouts": "many"}}', b"[", b"7"])
def test_side_car_without_counts_is_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "meta").write_bytes(data)

    with pytest.raises(ConfigError, match="expected the counts of the complete run"):
        read_report(tmp_path / "meta")
