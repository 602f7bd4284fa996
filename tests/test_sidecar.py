"""The side-car of a scored file."""

from pathlib import Path

import pytest

from rewardkit.sidecar import read_fingerprint


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        pytest.param(b'{"fingerprint": "ab", "versions": {"x": [1]}}', "ab", id="whole"),
        pytest.param(b"{}", None, id="no fingerprint"),
        pytest.param(b'{"fingerprint": null}', None, id="null"),
        pytest.param(b'{"fingerprint": 3}', None, id="a number"),
        pytest.param(b'{"fingerprint": "ab"', None, id="cut off"),
        pytest.param(b'{"fingerprint": "\xff"}', None, id="bytes"),
        pytest.param(b"", None, id="empty"),
        pytest.param(b'{"a":' + b"[" * 100_000, None, id="nested"),
        pytest.param(None, None, id="missing"),
    ],
)
def test_fingerprint(tmp_path: Path, content: bytes | None, wanted: str | None) -> None:
    if content is not None:
        (tmp_path / "out.jsonl.gz.meta.json").write_bytes(content)
    assert read_fingerprint(tmp_path / "out.jsonl.gz") == wanted


def test_a_folder_in_its_place_is_none(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl.meta.json").mkdir()
    assert read_fingerprint(tmp_path / "out.jsonl") is None


def test_of_a_link_beside_the_file_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "out.jsonl.meta.json").write_bytes(b'{"fingerprint": "ab"}')
    (tmp_path / "latest.jsonl").symlink_to(tmp_path / "runs" / "out.jsonl")

    assert read_fingerprint(tmp_path / "latest.jsonl") == "ab"
