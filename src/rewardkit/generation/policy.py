"""The policy: weights, adapters and processor of a folder or a hub id."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.generation.options import Model


def adapter_base(path: str) -> str | None:
    """Where the weights are that an adapter's folder adapts; None for any other path."""
    config = Path(path) / "adapter_config.json"
    if not config.is_file():
        return None
    return str(msgspec.json.decode(config.read_bytes())["base_model_name_or_path"])


def read_config(model: Model) -> Any:  # noqa: ANN401 - of any architecture
    """The model's configuration.

    Raises:
        ConfigError: When there is no such model, or it is none that transformers knows.
    """
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(model.path, revision=model.revision)
    except (OSError, ValueError) as error:
        line = str(error).strip().partition("\n")[0]
        raise ConfigError(f"model.path: expected a folder or a hub id, got: {line}") from error


def load_processor(model: Model) -> Any:  # noqa: ANN401 - of any architecture
    """The processor of a vision-language model, or the tokenizer of a language model.

    Raises:
        ConfigError: When it can't be loaded, or has no chat template.
    """
    from transformers import AutoProcessor

    try:
        processor = AutoProcessor.from_pretrained(  # type: ignore[no-untyped-call] # as it is there
            model.path, revision=model.revision, padding_side="left", truncation_side="left"
        )
    except (OSError, ValueError) as error:
        line = str(error).strip().partition("\n")[0]
        raise ConfigError(f"model.path: expected a processor or tokenizer: {line}") from error
    if not processor.chat_template:
        raise ConfigError(f"model.path: expected a chat template with {model.path}, got none")
    tokenizer = tokenizer_of(processor)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def tokenizer_of(processor: Any) -> Any:  # noqa: ANN401 - of any architecture
    """The tokenizer of a processor, or the tokenizer itself."""
    return getattr(processor, "tokenizer", processor)


def sees(processor: object) -> bool:
    """Whether a processor takes images."""
    return hasattr(processor, "image_processor")


def load_model(path: str, model: Model, trainable: bool = False) -> Any:  # noqa: ANN401 - any
    """The weights in a folder or of a hub id, with the adapter where the folder holds one.

    Args:
        path: Where the policy is now.
        model: The recipe's, for what the path doesn't say.
        trainable: Whether the adapter, if any, is to be trained on.

    Raises:
        ConfigError: When the checkpoint lacks weights, which transformers would make up.
    """
    import transformers

    base = adapter_base(path) or path
    revision = model.revision if base == model.path else None
    config = transformers.AutoConfig.from_pretrained(base, revision=revision)
    name = (config.architectures or ["AutoModelForCausalLM"])[0]
    # With loading information a pair comes back, of which transformers' types don't tell.
    architecture: Any = getattr(transformers, name, transformers.AutoModelForCausalLM)
    loaded, found = architecture.from_pretrained(
        base, dtype=model.dtype, revision=revision, output_loading_info=True
    )
    if missing := sorted(found["missing_keys"]):
        raise ConfigError(
            f"model.path: {base}: expected the weights of {name}, got none for {len(missing)} of "
            f"them, such as {missing[0]}"
        )
    if base == path:
        return loaded
    from peft import PeftModel

    return PeftModel.from_pretrained(loaded, path, is_trainable=trainable)


def freeze(model: Any, names: Sequence[str]) -> None:  # noqa: ANN401 - any architecture
    """Keep parameters as they are whose dotted name holds one of these.

    Raises:
        ConfigError: For a name that no parameter holds.
    """
    for wanted in names:
        found = [p for name, p in model.named_parameters() if f".{wanted}." in f".{name}."]
        if not found:
            raise ConfigError(f"model.freeze: expected a part of the model, got {wanted!r}")
        for parameter in found:
            parameter.requires_grad_(False)


def end_ids(model: Any, processor: Any) -> list[int]:  # noqa: ANN401 - any architecture
    """The token ids that end a reply: the model's and the tokenizer's."""
    own = model.generation_config.eos_token_id
    ids = own if isinstance(own, list) else [own]
    return sorted({one for one in (*ids, tokenizer_of(processor).eos_token_id) if one is not None})
