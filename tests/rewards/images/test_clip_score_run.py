"""`rewardkit score` with a real encoder on 1,000 rows with every kind of image in it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from image_rows import write_rows
from image_server import serving, whole
from pictures import packed, red_left
from tiny_clip import clip_folder

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clip.yaml").write_text(
        "kind: clip-score\n"
        f"encoder: {{kind: transformers, model: {json.dumps(clip_folder())}, device: cpu}}\n"
    )
    return tmp_path


def score(folder: Path, *args: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "rewardkit", "score", "in.jsonl", "-r", "clip.yaml", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=300)


def test_every_row_is_what_it_is(folder: Path) -> None:
    judged = write_rows(folder)

    run = score(folder)

    assert run.returncode == 0, run.stderr
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(rows) == len(judged)
    for row, is_judged in zip(rows, judged, strict=True):
        assert row["status"] == ("scored" if is_judged else "unjudged"), row
        assert (row["reward"] is not None) == is_judged


def test_remote_images_where_they_are_allowed(folder: Path) -> None:
    (folder / "a.png").write_bytes(packed(red_left(), "PNG"))
    with serving(
        {
            "/a.png": whole(packed(red_left(), "PNG")),
            "/gone.png": whole(b"", status="404 Not Found"),
        }
    ) as server:
        places = ["a.png", f"{server.url}/a.png", f"{server.url}/gone.png", f"{server.url}/a.png"]
        lines = [json.dumps({"completion": "A dog.", "images": [place]}) for place in places]
        (folder / "in.jsonl").write_text("\n".join(lines))

        run = score(folder, "--allow-remote-images")

    assert run.returncode == 0, run.stderr
    rewards = [json.loads(line)["reward"] for line in run.stdout.splitlines()]
    assert rewards == [rewards[0], rewards[0], None, rewards[0]]
    assert rewards[0] is not None
    assert sorted(server.asked) == ["/a.png", "/gone.png"]  # once for both rows


def test_checkpoint_that_is_damaged_is_one_line(folder: Path) -> None:
    (folder / "in.jsonl").write_text(json.dumps({"completion": "A dog.", "images": ["a.png"]}))
    (folder / "a.png").write_bytes(packed(red_left(), "PNG"))
    (folder / "broken").mkdir()
    for file in Path(clip_folder()).iterdir():
        data = file.read_bytes()
        damaged = file.name == "model.safetensors"
        (folder / "broken" / file.name).write_bytes(data[: len(data) // 2] if damaged else data)
    (folder / "clip.yaml").write_text(
        "kind: clip-score\nencoder: {kind: transformers, model: broken, device: cpu}\n"
    )

    run = score(folder)

    assert run.returncode == 2, run.stderr
    last = run.stderr.decode().splitlines()[-1]
    assert last.startswith("rewardkit: error: ")
    assert "worker" not in last
    assert "expected" in last
