"""Whose folder it is, who is at work there, and which demo can be gone on with."""

from pathlib import Path

import msgspec
import pytest

from rewardkit.digits.demo_folder import (
    DemoState,
    ScorerAucs,
    check_folder,
    hold_demo,
    read_state,
    write_state,
)
from rewardkit.errors import ConfigError


def test_no_folder_and_an_empty_one_are_fine(tmp_path: Path) -> None:
    check_folder(tmp_path, resume=False)
    check_folder(tmp_path / "new", resume=False)
    check_folder(tmp_path / "new", resume=True)


def test_what_a_kill_before_the_state_leaves_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / ".demo.json.7.tmp").touch()
    check_folder(tmp_path, resume=False)


@pytest.mark.parametrize("resume", [False, True])
def test_folder_that_holds_something_else_is_left_alone(tmp_path: Path, resume: bool) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ConfigError, match=r"expected an empty folder.*'thesis\.tex'"):
        check_folder(tmp_path, resume)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_demo_is_gone_on_with_only_when_asked(tmp_path: Path) -> None:
    write_state(tmp_path, DemoState(str(tmp_path), 0))
    check_folder(tmp_path, resume=True)
    with pytest.raises(ConfigError, match="go on with --resume"):
        check_folder(tmp_path, resume=False)


def test_file_in_the_folder_s_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="expected a folder for the demo, got a file"):
        check_folder(tmp_path / "file", resume=False)
    with pytest.raises(ConfigError, match="expected"):
        hold_demo(tmp_path / "file" / "demo")


def test_two_demos_at_once_are_refused(tmp_path: Path) -> None:
    lock = hold_demo(tmp_path / "new" / "demo")
    with pytest.raises(ConfigError, match="expected no other run"):
        hold_demo(tmp_path / "new" / "demo")
    lock.release()
    hold_demo(tmp_path / "new" / "demo").release()


def test_state_is_read_back(tmp_path: Path) -> None:
    state = DemoState(str(tmp_path), 3, ["a=1"], True, ScorerAucs(0.9, 1.0, 1.0), 2.5)
    wanted = DemoState(str(tmp_path), 3, ["a=1"])
    assert read_state(tmp_path, wanted) is wanted
    write_state(tmp_path, state)
    assert read_state(tmp_path, wanted) == state


# what is in the state that isn't wanted, what the one line says
OTHERS = [
    ({"seed": 1}, "expected --seed 1 as begun, got 0"),
    ({"options": ["a=2"]}, "expected --set a=2 as begun, got none"),
    ({"output": "elsewhere"}, "expected the directory that this demo was begun from with --output"),
]


@pytest.mark.parametrize(("changes", "message"), OTHERS)
def test_another_demo_is_not_gone_on_with(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    wanted = DemoState(str(tmp_path), 0)
    write_state(tmp_path, msgspec.structs.replace(wanted, **changes))
    with pytest.raises(ConfigError, match=message):
        read_state(tmp_path, wanted)


@pytest.mark.parametrize("text", [b"", b"{", b'{"seed": "x"}', b"\xff\xfe", b"[]"])
def test_damaged_state_is_one_line(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "demo.json").write_bytes(text)
    with pytest.raises(ConfigError, match=r"demo\.json: expected the state of a demo"):
        read_state(tmp_path, DemoState(str(tmp_path), 0))
