"""From a folder to towers: the version, the module, its parameters and its tokenizer."""

from pathlib import Path
from typing import TypeAlias

import torch

from rewardkit.rewards.encoders.fgclip.checkpoint import Checkpoint, open_checkpoint
from rewardkit.rewards.encoders.fgclip.faults import fault
from rewardkit.rewards.encoders.fgclip.model_v1 import FgClip1
from rewardkit.rewards.encoders.fgclip.model_v2 import IN_FLOAT32, FgClip2
from rewardkit.rewards.encoders.fgclip.parameters import compare_parameters, load_parameters
from rewardkit.rewards.encoders.fgclip.shapes import Shape1, Shape2
from rewardkit.rewards.encoders.fgclip.tokens import (
    CLIP_MARKS,
    GEMMA_MARKS,
    Cutter,
    read_tokenizer,
)
from rewardkit.rewards.encoders.fgclip.towers_v1 import Towers1
from rewardkit.rewards.encoders.fgclip.towers_v2 import Towers2
from rewardkit.rewards.encoders.options import EncoderOptions
from rewardkit.rewards.encoders.runtime import resolve_runtime

FgClipTowers: TypeAlias = Towers1 | Towers2


def check_towers(folder: Path, options: EncoderOptions) -> None:
    """Look at all that loading needs, without reading the weights.

    Raises:
        ConfigError: When the device, a file, a parameter or a token is missing or wrong.
    """
    resolve_runtime(options)
    checkpoint = open_checkpoint(folder)
    compare_parameters(_bare(checkpoint.shape), checkpoint.weights, _where(folder))
    _cutter(checkpoint)


def load_towers(folder: Path, options: EncoderOptions) -> FgClipTowers:
    """Load a checkpoint onto the device that the options ask for.

    Raises:
        ConfigError: When the device, a file, a parameter or a token is missing or wrong.
    """
    device, dtype = resolve_runtime(options)
    checkpoint = open_checkpoint(folder)
    shape, cutter = checkpoint.shape, _cutter(checkpoint)
    module = _bare(shape)
    compare_parameters(module, checkpoint.weights, _where(folder))
    exact = IN_FLOAT32 if isinstance(module, FgClip2) else ()
    load_parameters(module, checkpoint.weights, device, dtype, exact)
    if isinstance(module, FgClip1) and isinstance(shape, Shape1):
        return Towers1(module, shape, cutter, device)
    assert isinstance(module, FgClip2) and isinstance(shape, Shape2)  # there are two versions
    return Towers2(module, shape, cutter, device, checkpoint.budget)


def _bare(shape: Shape1 | Shape2) -> FgClip1 | FgClip2:
    """A module of these sizes without storage: nothing is drawn at random, nothing allocated."""
    with torch.device("meta"):
        return FgClip1(shape) if isinstance(shape, Shape1) else FgClip2(shape)


def _cutter(checkpoint: Checkpoint) -> Cutter:
    shape, folder = checkpoint.shape, checkpoint.folder
    second = isinstance(shape, Shape2)
    marks = GEMMA_MARKS if second else CLIP_MARKS
    rows = (shape.text_config if isinstance(shape, Shape2) else shape.text).vocab_size
    cutter = Cutter(read_tokenizer(folder), marks, lower=second, place=folder)
    if cutter.largest_id >= rows:
        raise fault(folder, f"a tokenizer with ids below vocab_size {rows}", cutter.largest_id)
    return cutter


def _where(folder: Path) -> str:
    return f"fg-clip.model: {folder}"
