"""A file of 1,000 rows with every kind of image in it: the run ends and each row is what it is."""

import json
import subprocess
import sys
from pathlib import Path

from image_rows import ROWS, write_rows
from image_server import serving, whole
from pictures import packed, red_left

REWARD = """\
import numpy as np
from rewardkit import Score
from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.source import Unreadable

def brightness(rollouts):
    scores = []
    for rollout in rollouts:
        found = read_image(rollout.images[0]) if rollout.images else Unreadable("image missing")
        image = found if isinstance(found, Unreadable) else found.decode()
        if isinstance(image, Unreadable):
            scores.append(Score(None, image.reason))
        else:
            scores.append(Score(float(np.asarray(image).mean()), "seen"))
    return scores

brightness.uses_models = True
"""


def test_every_row_is_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    judged = write_rows(tmp_path / "data")
    (tmp_path / "my.py").write_text(REWARD)
    command = [sys.executable, "-m", "rewardkit", "score", "data/in.jsonl", "-r"]

    run = subprocess.run(
        [*command, "my.py:brightness", "--keep"], cwd=tmp_path, capture_output=True, timeout=120
    )

    assert run.returncode == 0, run.stderr
    assert b"Warning" not in run.stderr
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    given = [json.loads(line) for line in (tmp_path / "data" / "in.jsonl").read_text().splitlines()]
    assert [row["images"] for row in rows] == [row["images"] for row in given]
    assert len(rows) == ROWS
    for row, is_judged in zip(rows, judged, strict=True):
        assert row["status"] == ("scored" if is_judged else "unjudged"), row
        assert (row["reward"] is not None) == is_judged
        reason = row["scores"]["custom"]["reason"]
        assert reason == "seen" if is_judged else reason.startswith("image")
        assert len(reason) < 300


def test_every_number_of_workers_gives_the_same(tmp_path: Path) -> None:
    write_rows(tmp_path)
    (tmp_path / "my.py").write_text(REWARD)
    command = [sys.executable, "-m", "rewardkit", "score", "in.jsonl", "-r", "my.py:brightness"]

    runs = [
        subprocess.run(
            [*command, "--workers", number], cwd=tmp_path, capture_output=True, timeout=120
        )
        for number in ("0", "2")
    ]

    assert runs[0].returncode == 0, runs[0].stderr
    assert runs[0].stdout == runs[1].stdout


def test_server_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "my.py").write_text(REWARD)
    with serving({"/a.png": whole(packed(red_left(), "PNG"))}) as server:
        row = {"completion": "", "images": [f"{server.url}/a.png"]}
        (tmp_path / "in.jsonl").write_text(json.dumps(row))
        command = [sys.executable, "-m", "rewardkit", "score", "in.jsonl", "-r"]
        run = subprocess.run(
            [*command, "my.py:brightness"], cwd=tmp_path, capture_output=True, timeout=60
        )

    assert "give --allow-remote-images" in json.loads(run.stdout)["scores"]["custom"]["reason"]
    assert server.asked == []
