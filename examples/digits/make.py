"""Make this folder anew: images, rollouts.jsonl and the checkpoint; a few minutes on one CPU core.

    python examples/digits/make.py

Needs scikit-learn beside rewardkit[clip]; downloads nothing. Equal seeds give an equal folder with
the same versions of torch and of the machine's libraries.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from rollouts import make_lines
from train import train


def write_data(folder: Path, questions: int, seed: int) -> None:
    """Write rollouts.jsonl and its images."""
    lines, images = make_lines(questions, seed)
    for name, image in images.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, optimize=True)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "rollouts.jsonl").write_text(text, encoding="utf-8")


def main() -> None:
    """Read the options and write the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    parser.add_argument("--steps", type=int, default=1600, help="0 writes no checkpoint")
    parser.add_argument("--questions", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)  # equal sums, whatever the machine
    write_data(options.output, options.questions, options.seed)
    if options.steps:
        train(options.steps, options.seed).save(options.output / "fg-clip")


if __name__ == "__main__":
    main()
