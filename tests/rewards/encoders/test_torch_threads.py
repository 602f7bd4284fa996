"""torch's number of threads: set while an encoder computes, put back, and one after a fork."""

import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import torch

from rewardkit.rewards.encoders.threads import torch_threads


def in_a_new_thread() -> int:
    """What torch says to a thread that it hasn't seen: its setting for all."""
    found: list[int] = []
    thread = Thread(target=lambda: found.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    return found[0]


def test_two_at_once_leave_it_as_it_was() -> None:
    before = in_a_new_thread()
    inside, leave = Event(), Event()

    def first() -> None:
        with torch_threads(before + 1):
            inside.set()
            leave.wait(60)

    def second() -> None:
        with torch_threads(before + 2):  # begins while the other is inside, ends after it
            leave.set()
            one.join()

    one = Thread(target=first)
    one.start()
    inside.wait(60)
    two = Thread(target=second)
    two.start()
    two.join()

    assert in_a_new_thread() == before


def test_none_leaves_it_alone() -> None:
    before = torch.get_num_threads()
    with torch_threads(None):
        assert torch.get_num_threads() == before


def test_an_error_inside_puts_it_back() -> None:
    before = torch.get_num_threads()
    try:
        with torch_threads(before + 3):
            raise RuntimeError
    except RuntimeError:
        pass
    assert torch.get_num_threads() == before


FORK = """
import os, sys
import torch
from PIL import Image
from rewardkit.rewards.encoders import TransformersClip, shared_encoder

spec = TransformersClip(model=sys.argv[1], device="cpu")
images = [Image.new("RGB", (64, 64), (red, 3, 4)) for red in range(8)]
torch.set_num_threads(2)
wanted = shared_encoder(spec).encode_images(images)
torch.ones(400, 400) @ torch.ones(400, 400) + torch.ones(400_000).exp().sum()  # on two threads
child = os.fork()
if child == 0:
    found = shared_encoder(spec).encode_images(images)
    large = [Image.new("RGB", (640, 640), (9, red, 4)) for red in range(32)]
    shared_encoder(spec).encode_images(large)
    os._exit(7 if abs(found - wanted).max() < 1e-6 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_child_computes(clip_folder: Path) -> None:
    """Torch's threads are not in the child, and it would wait for them for ever."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK, str(clip_folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stdout == "7\n", run.stderr
