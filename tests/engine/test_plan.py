"""A run is refused before any work where it would overwrite what it reads."""

from pathlib import Path

import pytest

from rewardkit.engine.plan import check_paths, describe_input
from rewardkit.errors import ConfigError


@pytest.mark.parametrize("name", ["out", "out.rejected.jsonl", "out.meta.json"])
def test_nothing_that_is_written_may_be_an_input(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    (tmp_path / "other").symlink_to(tmp_path / name)

    for path in (tmp_path / name, tmp_path / "other"):
        with pytest.raises(ConfigError, match=f"apart from the inputs, got {path}"):
            check_paths([str(path)], str(tmp_path / "out"))


def test_input_is_known_by_size_and_both_ends(tmp_path: Path) -> None:
    path = tmp_path / "in"
    found = []
    for text in ("a" * 200_000, "b" + "a" * 199_999, "a" * 199_999 + "b", "a" * 200_001):
        path.write_text(text)
        found.append(str(describe_input(str(path))))

    assert len(set(found)) == 4
