"""Loads a CLIP, SigLIP or SigLIP 2 by transformers: config, weights, processor, tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.named import check_parameters
from rewardkit.rewards.encoders.runtime import resolve_runtime
from rewardkit.rewards.encoders.tokenizing import WrappedTokenizer, plain_errors
from rewardkit.rewards.encoders.transformers_towers import TransformersTowers

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedTokenizerBase

    from rewardkit.rewards.encoders.transformers_clip import TransformersClip
    from rewardkit.rewards.encoders.transformers_towers import DualModel

T = TypeVar("T")

MODEL_TYPES = ("clip", "siglip", "siglip2")

GUESSED_END = 2
"""An `eos_token_id` of old CLIP configs: the library then takes the highest id for the end."""


def read_config(spec: TransformersClip) -> PreTrainedConfig:
    """Read a checkpoint's config and refuse models of other kinds.

    Raises:
        ConfigError: When it can't be had, or names another kind of model.
    """
    from transformers import AutoConfig

    config: PreTrainedConfig = _read(
        spec,
        lambda: AutoConfig.from_pretrained(
            spec.model, revision=spec.revision or "main", trust_remote_code=False
        ),
    )
    if "FGCLIPModel" in (config.architectures or ()):
        raise ConfigError(
            f"transformers.model: expected one of {', '.join(MODEL_TYPES)}, got an FG-CLIP in "
            f"{spec.model}: use kind fg-clip"
        )
    if config.model_type not in MODEL_TYPES:
        raise ConfigError(
            f"transformers.model: expected one of {', '.join(MODEL_TYPES)}, got "
            f"{config.model_type!r} in {spec.model}"
        )
    return config


def load_towers(spec: TransformersClip) -> TransformersTowers:
    """Load a checkpoint onto its device.

    Raises:
        ConfigError: When files or parameters are missing, or don't fit together.
    """
    import torch
    from transformers import AutoImageProcessor, AutoTokenizer

    config = read_config(spec)
    device, _ = resolve_runtime(spec)
    with _quiet():
        processor = _read(
            spec,
            lambda: AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]  # has no types
                spec.model,
                revision=spec.revision or "main",
                backend="pil",
                trust_remote_code=False,
            ),
        )
        tokenizer: PreTrainedTokenizerBase = _read(
            spec,
            lambda: AutoTokenizer.from_pretrained(
                spec.model, revision=spec.revision or "main", trust_remote_code=False
            ),
        )
        model = _load_model(spec)
    torch.nn.Module.to(model, device).train(False).requires_grad_(False)
    text = config.get_text_config()
    _check_tokenizer(spec, text, tokenizer)
    cut = WrappedTokenizer(tokenizer, text.max_position_embeddings).cut
    if config.model_type == "clip":
        return TransformersTowers(model, processor, cut, lower=False, end=tokenizer.eos_token_id)
    return TransformersTowers(model, processor, cut, lower=True)


def _load_model(spec: TransformersClip) -> DualModel:
    from transformers import AutoModel

    _, dtype = resolve_runtime(spec)
    model, info = _read(
        spec,
        lambda: AutoModel.from_pretrained(
            spec.model,
            revision=spec.revision or "main",
            dtype=dtype,
            use_safetensors=True,
            trust_remote_code=False,
            ignore_mismatched_sizes=True,  # they are refused below, by their names
            output_loading_info=True,
        ),
    )
    check_parameters(
        f"transformers.model: {spec.model}",
        missing=list(info["missing_keys"]),
        unexpected=list(info["unexpected_keys"]),
        misshapen=[str(one[0]) for one in info["mismatched_keys"]],
    )
    loaded: DualModel = model
    return loaded


def _check_tokenizer(
    spec: TransformersClip, text: PreTrainedConfig, tokenizer: PreTrainedTokenizerBase
) -> None:
    """Refuse a tokenizer of another model: with the wrong end token all texts look alike."""
    if tokenizer.vocab_size > text.vocab_size:
        raise ConfigError(
            f"transformers.model: expected a tokenizer of at most {text.vocab_size} tokens, got "
            f"{tokenizer.vocab_size} in {spec.model}"
        )
    if text.model_type != "clip_text_model":
        return  # SigLIP looks at the last place, whatever stands there
    guessed = text.eos_token_id == GUESSED_END
    wanted = max(tokenizer.get_vocab().values()) if guessed else text.eos_token_id
    if tokenizer.eos_token_id != wanted:
        raise ConfigError(
            f"transformers.model: expected {wanted} as the tokenizer's end token, which is where "
            f"the model looks, got {tokenizer.eos_token_id} in {spec.model}"
        )


def _read(spec: TransformersClip, read: Callable[[], T]) -> T:
    """Read a part of a checkpoint; what transformers says of it becomes one line."""
    from safetensors import SafetensorError

    try:
        with plain_errors():
            return read()
    except (OSError, ValueError, ImportError, LookupError, TypeError, SafetensorError) as error:
        first = " ".join(str(error).split())[:300]
        raise ConfigError(
            f"transformers.model: expected a checkpoint that transformers can load, got "
            f"{spec.model}: {first}"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's progress bars: a command has its own."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # has no types
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]  # has no types
