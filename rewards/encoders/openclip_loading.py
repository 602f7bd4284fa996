"""Loads a model of open_clip: names checked, weights complete, preprocessing as published."""

from __future__ import annotations

import difflib
import logging
import os
import pickle
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.named import check_parameters
from rewardkit.rewards.encoders.openclip_tokens import OpenClipTokenizer
from rewardkit.rewards.encoders.openclip_towers import OpenClipTowers
from rewardkit.rewards.encoders.runtime import resolve_runtime
from rewardkit.rewards.place import described

if TYPE_CHECKING:
    import torch

    from rewardkit.rewards.encoders.openclip import OpenClip

CONFIG: Final = "open_clip_config.json"

MAX_TAGS: Final = 8
"""Published tags that an error names."""

PRECISIONS: Final = {"float32": "fp32", "bfloat16": "bf16", "float16": "fp16"}
"""open_clip's own words; in half precision its layer norms compute in float32."""

LISTS: Final = re.compile(r"(Missing|Unexpected) key\(s\) in state_dict: ([^\n]*)")
SHAPES: Final = re.compile(r"size mismatch for ([^\s:]+):")
"""How torch tells what didn't fit, in the one error that open_clip lets through."""


def check_names(spec: OpenClip) -> None:
    """Refuse an architecture, tag or folder that open_clip doesn't find; nothing is downloaded.

    Raises:
        ConfigError: Naming what there is.
    """
    import open_clip

    if spec.folder is not None:
        if not (spec.folder / CONFIG).is_file():
            raise ConfigError(
                f"open-clip.architecture: expected a folder with {CONFIG}, got {spec.folder}"
            )
        return
    if spec.pretrained is None:  # on the hub
        return
    known = open_clip.list_models()
    if spec.architecture not in known:
        near = _near(spec.architecture, known)
        raise ConfigError(
            f"open-clip.architecture: expected one of open_clip's {len(known)} names, local-dir: "
            f"or hf-hub:, got {described(spec.architecture)}{near}"
        )
    tags = open_clip.list_pretrained_tags_by_model(spec.architecture)
    if spec.file is None and spec.pretrained not in tags:
        raise ConfigError(
            f"open-clip.pretrained: expected a file or one of {_shown(tags)}, "
            f"got {described(spec.pretrained)}{_near(spec.pretrained, tags)}"
        )
    if spec.file is None:
        _check_activation(spec.architecture, spec.pretrained)


def _check_activation(architecture: str, tag: str) -> None:
    """Refuse a tag whose weights were trained with another activation than the architecture's.

    open_clip warns and goes on, and every vector is a little wrong.
    """
    import open_clip

    quick = open_clip.get_pretrained_cfg(architecture, tag).get("quick_gelu", False)
    if quick and not open_clip.get_model_config(architecture).get("quick_gelu", False):
        raise ConfigError(
            f"open-clip.architecture: expected {architecture}-quickgelu, which {tag!r} was trained "
            f"with, got {architecture!r}"
        )


def _near(name: str, known: Sequence[str]) -> str:
    """A suggestion; unlike elsewhere capitals count, for open_clip's names have them."""
    near = difflib.get_close_matches(name[:100], known, n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def _shown(tags: Sequence[str]) -> str:
    first = ", ".join(tags[:MAX_TAGS]) or "no tags"
    return f"{first} and {len(tags) - MAX_TAGS} more" if len(tags) > MAX_TAGS else first


def load_towers(spec: OpenClip) -> OpenClipTowers:
    """Load a model onto its device.

    Raises:
        ConfigError: When weights are missing, don't fit, or hold more than numbers.
    """
    device, dtype = resolve_runtime(spec)
    with _own_logging():
        return _load(spec, device, dtype)


def _load(spec: OpenClip, device: torch.device, dtype: torch.dtype) -> OpenClipTowers:
    import open_clip

    precision = PRECISIONS[str(dtype).removeprefix("torch.")]
    try:
        model, prepare = open_clip.create_model_from_pretrained(
            spec.architecture,
            pretrained=spec.pretrained,
            precision=precision,
            device=device,
            weights_only=True,
        )
        tokenizer = open_clip.get_tokenizer(spec.architecture)
    except pickle.UnpicklingError:
        raise ConfigError(
            f"open-clip.pretrained: expected a file of weights alone, got code or other objects "
            f"in {spec.pretrained or spec.architecture}"
        ) from None
    except (RuntimeError, OSError, ValueError, KeyError, TypeError) as error:
        raise _refused(spec, error) from error
    model.eval().requires_grad_(False)
    return OpenClipTowers(
        model,
        prepare,
        OpenClipTokenizer(tokenizer),
        device,
        open_clip.get_input_dtype(precision) or dtype,
    )


@contextmanager
def _own_logging() -> Iterator[None]:
    """Without open_clip's words on the root logger, which would set up logging for everyone."""
    root, silent = logging.getLogger(), logging.NullHandler()
    root.addHandler(silent)
    try:
        yield
    finally:
        root.removeHandler(silent)


def _refused(spec: OpenClip, error: Exception) -> ConfigError:
    """One line of what open_clip says, with the parameters that didn't fit by name."""
    where = f"open-clip: {spec.name}"
    text = str(error)
    lists = {kind: re.findall(r'"([^"]+)"', names) for kind, names in LISTS.findall(text)}
    try:
        check_parameters(
            where, lists.get("Missing", ()), lists.get("Unexpected", ()), SHAPES.findall(text)
        )
    except ConfigError as found:
        return found
    hint = " (offline: HF_HUB_OFFLINE is set)" if os.environ.get("HF_HUB_OFFLINE") else ""
    return ConfigError(
        f"{where}: expected a model that open_clip can load, got: "
        f"{' '.join(text.split())[:300]}{hint}"
    )
