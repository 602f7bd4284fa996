"""The files of a checkpoint: which version of FG-CLIP they hold, its sizes, its weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from rewardkit.rewards.encoders.fgclip.faults import fault
from rewardkit.rewards.encoders.fgclip.shapes import Shape1, Shape2

K = TypeVar("K")

MAX_FILE_BYTES: Final = 100_000_000
"""Of a JSON file; the longest, an index of shards, has some ten thousand lines."""

V1_ONLY: Final = "text_filip_projection.weight"
"""A parameter that tells FG-CLIP v1 from the CLIP that its config.json says it is."""


@dataclass(frozen=True)
class Checkpoint:
    """A folder that holds an FG-CLIP.

    Attributes:
        folder: Where the files are.
        shape: The sizes, of v1 or v2.
        weights: Its safetensors files.
        budget: v2: patches of every image, None where each image has its own.
    """

    folder: Path
    shape: Shape1 | Shape2
    weights: tuple[Path, ...]
    budget: int | None = None


class _Config(msgspec.Struct):
    model_type: str = ""
    architectures: list[str] | None = None


class _Index(msgspec.Struct):
    weight_map: dict[str, str]


class _Processor(msgspec.Struct):
    dynamic_max_patches: bool = True
    max_num_patches: int = 256


def open_checkpoint(folder: Path) -> Checkpoint:
    """Look into a folder, without reading weights.

    Args:
        folder: With config.json, safetensors and tokenizer files under their published names.

    Raises:
        ConfigError: When it is no FG-CLIP, or files are missing or malformed.
    """
    file = folder / "config.json"
    config = _read(file, _Config)
    weights = _weight_files(folder)
    named = config.architectures or []
    if config.model_type == "fgclip2" or "Fgclip2Model" in named:
        return Checkpoint(folder, _read(file, Shape2), weights, _fixed_budget(folder))
    if "FGCLIPModel" in named or any(V1_ONLY in parameter_shapes(path) for path in weights):
        return Checkpoint(folder, _read(file, Shape1), weights)
    raise fault(
        file,
        "an FG-CLIP, that is architectures [FGCLIPModel] or model_type fgclip2",
        f"model_type {config.model_type!r}; other models: kind transformers or open-clip",
    )


def parameter_shapes(file: Path) -> dict[str, tuple[str, list[int]]]:
    """Type and shape of each parameter of a safetensors file, by name; its data isn't read.

    Raises:
        ConfigError: When it isn't one.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as opened:
            slices = {name: opened.get_slice(name) for name in opened.keys()}
            return {name: (one.get_dtype(), one.get_shape()) for name, one in slices.items()}
    except (SafetensorError, OSError) as error:
        raise fault(file, "a safetensors file", error) from None


def _weight_files(folder: Path) -> tuple[Path, ...]:
    one, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if one.is_file():
        return (one,)
    if index.is_file():
        names = sorted(set(_read(index, _Index).weight_map.values()))
        for name in names:
            if Path(name).name != name or not name.endswith(".safetensors"):
                raise fault(index, "safetensors beside it", repr(name))
            if not (folder / name).is_file():
                raise fault(index, f"the file {name} beside it", "none")
        if names:
            return tuple(folder / name for name in names)
    pickled = sorted(path.name for path in folder.glob("*.bin"))
    got = f"{pickled[0]}, a pickle, which is never loaded" if pickled else "none"
    raise fault(folder, "model.safetensors or shards with an index", got)


def _fixed_budget(folder: Path) -> int | None:
    file = folder / "preprocessor_config.json"
    settings = _read(file, _Processor) if file.is_file() else _Processor()
    return None if settings.dynamic_max_patches else settings.max_num_patches


def _read(file: Path, kind: type[K]) -> K:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise fault(file, f"at most {MAX_FILE_BYTES} bytes", "more")
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except FileNotFoundError:
        raise fault(file, "a file", "none") from None
    except (OSError, ValueError) as error:  # of msgspec, all are ValueErrors
        raise fault(file, "the form of FG-CLIP's", error) from None
