"""How many texts an encoder's tokenizer cut is counted, written down and said."""

import json
import subprocess
import sys
from pathlib import Path

from tiny_clip import clip_folder, picture_file


def test_share_of_truncated_texts_is_reported(tmp_path: Path) -> None:
    folder = clip_folder()
    image = picture_file(1)
    rows = [{"completion": text, "images": [image]} for text in ("a b", "a b " * 500, "b a")]
    rollouts = tmp_path / "in.jsonl"
    rollouts.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    reward = tmp_path / "reward.yaml"
    reward.write_text(
        f"kind: clip-score\nform: cosine\nencoder: {{kind: transformers, model: {folder}}}\n",
        encoding="utf-8",
    )
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "rewardkit", "score", str(rollouts), "-r", str(reward)]
    for again in ([], ["--resume"]):
        done = subprocess.run(
            [*command, "-o", str(out), *again], capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        assert "the encoder saw only the beginning of 33.3% of the texts" in done.stderr
    lines = out.read_text(encoding="utf-8").splitlines()
    reasons = [json.loads(line)["scores"]["clip-score"]["reason"] for line in lines]
    assert ["text truncated" in reason for reason in reasons] == [False, True, False]
    meta = json.loads((tmp_path / "out.jsonl.meta.json").read_text(encoding="utf-8"))
    assert meta["counts"]["truncated_texts"] == 1
