"""Rows with every kind of image in them, good and bad, as a file of rollouts."""

import base64
import json
import os
import random
from pathlib import Path

from pictures import bad_files, good_files, packed, red_left

ROWS = 1000


def good_images(folder: Path) -> list[object]:
    """What is scored."""
    images: list[object] = []
    for name, data in good_files().items():
        (folder / name).write_bytes(data)
        images += [name, "data:;base64," + base64.b64encode(data).decode()]
    (folder / "link.png").symlink_to("png")
    (folder / "é 狗.png").write_bytes(packed(red_left(), "PNG"))
    images += ["link.png", "é 狗.png", "./png", str(folder / "png"), (folder / "png").as_uri()]
    return [*images, {"bytes": None, "path": "png"}]


def bad_images(folder: Path) -> list[object]:
    """What is not judged."""
    images: list[object] = [None, 7, ["png"], {}, {"path": None}, {"bytes": "AAAA"}, "", "gone.png"]
    for name, (data, _) in bad_files().items():
        (folder / f"bad-{name}").write_bytes(data)
        images.append(f"bad-{name}")
        if len(data) < 10_000:
            images.append("data:image/png;base64," + base64.b64encode(data).decode())
    os.mkfifo(folder / "pipe.png")
    (folder / "folder.png").mkdir()
    (folder / "torn.png").symlink_to("nothing")
    with (folder / "sparse.png").open("wb") as stream:
        stream.truncate(2**40)
    images += ["pipe.png", "folder.png", "torn.png", "sparse.png", "/dev/zero", "a\0b", "x" * 9999]
    images += ["https://example.invalid/a.png", "s3://bucket/a.png", "file://other/a.png"]
    return [*images, "data:image/png;base64,*", "data:text/plain,hello", "data:"]


def write_rows(folder: Path) -> list[bool]:
    """Write the file; gives whether each row is judged."""
    rows = [([image], True) for image in good_images(folder)]
    rows += [([image], False) for image in bad_images(folder)]
    rows.append(([], False))
    rows = (rows * ROWS)[:ROWS]
    random.Random(0).shuffle(rows)
    with (folder / "in.jsonl").open("w") as stream:
        for images, _ in rows:
            print(json.dumps({"completion": "A dog.", "images": images}), file=stream)
    return [judged for _, judged in rows]
