"""Files that are written whole or not at all."""

import os
from pathlib import Path

import pytest

from rewardkit.atomic import check_output, is_special, replacing
from rewardkit.errors import ConfigError


def test_all_files_appear_together_at_the_end(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    paths[0].write_text("old")
    with replacing(paths) as streams:
        for stream in streams:
            stream.write(b"new")
        assert paths[0].read_text() == "old"
        assert not paths[1].exists()
    assert [path.read_text() for path in paths] == ["new", "new"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        pytest.param(OSError(28, "No space left on device"), ConfigError, id="disk full"),
        pytest.param(KeyboardInterrupt(), KeyboardInterrupt, id="interrupted"),
        pytest.param(ConfigError("bad line"), ConfigError, id="a bad line"),
    ],
)
def test_a_failure_leaves_what_was_there(
    tmp_path: Path, error: BaseException, seen: type[BaseException]
) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(seen), replacing([path, tmp_path / "b"]) as streams:
        streams[0].write(b"new")
        raise error
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a"]


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="none: expected to write there, got: No such file"):
        with replacing([tmp_path / "none" / "a"]):
            pytest.fail("expected no stream")


def test_a_link_keeps_pointing_where_it_does(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with replacing([link]) as (stream,):
        stream.write(b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match="got a device or a pipe"):
        with replacing([pipe]):
            pytest.fail("expected no stream")
    assert is_special(pipe)
    check_output(pipe, [pipe])


def test_an_input_is_no_output_whatever_its_name(tmp_path: Path) -> None:
    source, hard, soft = tmp_path / "a", tmp_path / "hard", tmp_path / "soft"
    source.write_text("rows")
    os.link(source, hard)
    soft.symlink_to(source)
    for output in (source, hard, soft, tmp_path / "." / "a", tmp_path / ".." / tmp_path.name / "a"):
        with pytest.raises(ConfigError, match="not an input"):
            check_output(output, [source])
    check_output(tmp_path / "b", [source])
    check_output(tmp_path / "b", [Path("-")])
