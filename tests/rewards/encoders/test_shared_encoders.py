"""One copy of the weights a process: who shares what, and who loads."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders import (
    Encoder,
    TransformersClip,
    release_encoders,
    shared_encoder,
    transformers_loading,
)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[TransformersClip]:
    """The specs that were loaded; the loading itself is real."""
    seen: list[TransformersClip] = []
    real = transformers_loading.load_towers

    def load(spec: TransformersClip) -> object:
        seen.append(spec)
        return real(spec)

    monkeypatch.setattr(transformers_loading, "load_towers", load)
    return seen


def test_eight_threads_load_once(clip_folder: Path, loads: list[TransformersClip]) -> None:
    spec = TransformersClip(model=str(clip_folder))

    def work(_: int) -> tuple[Encoder, bytes]:
        encoder = shared_encoder(spec)
        return encoder, encoder.encode_texts(["a dog", "a cat"]).tobytes()

    with ThreadPoolExecutor(8) as executor:
        found = list(executor.map(work, range(16)))

    assert len(loads) == 1
    assert len({id(encoder) for encoder, _ in found}) == 1
    assert len({vectors for _, vectors in found}) == 1
    assert found[0][0].figures.texts_encoded == 2


def test_how_it_runs_shares_the_weights(clip_folder: Path, loads: list[TransformersClip]) -> None:
    model = str(clip_folder)
    specs = [
        TransformersClip(model=model),
        TransformersClip(model=model, batch_size=1),
        TransformersClip(model=model, cache_mb=0, threads=1),
        TransformersClip(model=model, device="cpu", dtype="float32"),
        TransformersClip(model=f"{clip_folder.parent}/./{clip_folder.name}"),
    ]

    encoders = [shared_encoder(spec) for spec in specs]

    assert len(loads) == 1
    assert len(set(map(id, encoders))) == len(specs)
    with ThreadPoolExecutor(5) as executor:
        rows = list(executor.map(lambda one: one.encode_texts(["a dog"]), encoders))
    for row in rows:
        np.testing.assert_allclose(row, rows[0], atol=1e-6)


def test_a_relative_path_elsewhere_is_another_model(
    clip_folder: Path, siglip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for name, folder in (("one", clip_folder), ("two", siglip_folder)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model").symlink_to(folder)
        monkeypatch.chdir(tmp_path / name)
        found.append(shared_encoder(TransformersClip(model="model")))
    assert found[0].encode_texts(["a dog"]).shape != found[1].encode_texts(["a dog"]).shape


def test_what_decides_values_does_not(
    clip_folder: Path, siglip_folder: Path, loads: list[TransformersClip]
) -> None:
    for spec in (
        TransformersClip(model=str(clip_folder)),
        TransformersClip(model=str(clip_folder), dtype="bfloat16"),
        TransformersClip(model=str(siglip_folder)),
    ):
        shared_encoder(spec)
    assert len(loads) == 3


def test_after_a_failure_it_is_tried_again(clip_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "later"
    spec = TransformersClip(model=str(folder))
    with pytest.raises(ConfigError):
        shared_encoder(spec)
    shutil.copytree(clip_folder, folder)
    assert shared_encoder(spec).encode_texts(["a"]).shape == (1, 8)


def test_released_ones_are_loaded_anew(clip_folder: Path, loads: list[TransformersClip]) -> None:
    spec = TransformersClip(model=str(clip_folder))
    first = shared_encoder(spec)
    release_encoders()
    assert shared_encoder(spec) is not first
    assert len(loads) == 2


FORK = """
import os, threading
import torch
from types import SimpleNamespace as Plain
from rewardkit.rewards.encoders import shared_encoder
from rewardkit.rewards.encoders.options import EncoderOptions

begun, go_on = threading.Event(), threading.Event()
parent = os.getpid()

class Slow(EncoderOptions, frozen=True):  # a stand-in for a model that takes long to load
    def load(self):
        if os.getpid() == parent:
            begun.set()
            go_on.wait(60)
        return Plain(modes=(), dense=False, encode_prepared=None, encode_dense=None)

thread = threading.Thread(target=shared_encoder, args=(Slow(),))
thread.start()
begun.wait(60)
child = os.fork()  # while the parent's thread holds the lock of this spec
if child == 0:
    shared_encoder(Slow())
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
go_on.set()
thread.join()
"""


def test_a_forked_child_does_not_wait_for_its_parents_threads() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK],
        capture_output=True,
        text=True,
        timeout=30,  # less than the parent's thread holds the lock
        check=False,
    )
    assert (run.stdout, run.stderr) == ("7\n", "")
