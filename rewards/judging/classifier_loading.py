"""Loading a preference model: safetensors, the library's own code, and every parameter in place."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.digests import file_digest
from rewardkit.rewards.encoders.tokenizing import plain_errors
from rewardkit.rewards.judging.classifier import Classifier

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.runtime import Runtime

_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?\Z", re.ASCII)
_TEMPLATES: Final = ("chat_template.jinja", "chat_template.json", "additional_chat_templates")
_TOKENIZERS: Final = ("tokenizer.json", "*.model", "vocab.*", "tekken.json", "*.tiktoken")
_MODEL: Final = "preference-model.model"
_FAULTS: Final = (
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    ImportError,
)
"""What transformers ends in when a checkpoint's settings are wrong, by the setting."""


def check_checkpoint(model: str) -> None:
    """Refuse a folder that can't be loaded; nothing is read but small JSON files.

    Args:
        model: A folder, or a model's id on the hub, which is not looked at.

    Raises:
        ConfigError: Naming what the folder lacks.
    """
    folder = _folder(model)
    if folder is None:
        if not _HUB_ID.match(model):
            raise ConfigError(f"{_MODEL}: expected a folder or a hub id, got {model!r:.200}")
        return
    if not (folder / "config.json").is_file():
        raise ConfigError(f"{_MODEL}: expected a config.json in {model!r:.200}, got none")
    if not any(folder.glob("*.safetensors")):
        raise ConfigError(f"{_MODEL}: expected *.safetensors in {model!r:.200}, got none")
    if not any(path for pattern in _TOKENIZERS for path in folder.glob(pattern)):
        raise ConfigError(_no_tokenizer(model))
    if not _has_template(folder):
        raise ConfigError(_no_template(model))


def _folder(model: str) -> Path | None:
    """The folder that a model's name is; None where there is none."""
    try:
        folder = Path(model).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError, ValueError):  # too long a name; no such home; a zero byte
        return None


def checkpoint_digest(model: str) -> str:
    """What stands in a local checkpoint, for a reward's fingerprint; a hub id stands for itself.

    Returns:
        64 hexadecimal digits: SHA-256 over the names and contents of the folder's files that decide
        a value; of a hub id the id itself.
    """
    folder = _folder(model)
    if folder is None:
        return model
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".json", ".jinja", ".safetensors", ".model", ".txt"):
            name = path.relative_to(folder).as_posix().encode()
            digest.update(name + b"\0" + bytes.fromhex(file_digest(path)))
    return digest.hexdigest()


def load_classifier(model: str, runtime: Runtime) -> Classifier:
    """Load a model; imports torch and transformers.

    Raises:
        ConfigError: When there is no such checkpoint, parameters are missing or left over, or it
            has no chat template.
    """
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForSequenceClassification

    place = str(_folder(model) or model)
    try:
        config = AutoConfig.from_pretrained(place, trust_remote_code=False)
        if config.is_encoder_decoder:
            raise ValueError("expected a model that reads one text, got an encoder with a decoder")
        network, report = AutoModelForSequenceClassification.from_pretrained(
            place,
            config=config,
            dtype=runtime.dtype,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
        with plain_errors():
            tokenizer, processor = _load_text_side(place, config)
    except (*_FAULTS, SafetensorError, StrictDataclassError) as error:
        why = " ".join(str(error).split())[:300]
        raise ConfigError(f"{_MODEL}: could not load {model!r:.200}: {why}") from error
    _check_parameters(model, report["missing_keys"], report["unexpected_keys"])
    if not set(tokenizer.get_vocab()) - set(tokenizer.added_tokens_encoder):
        raise ConfigError(_no_tokenizer(model))  # some classes make an empty one without a word
    if getattr(processor or tokenizer, "chat_template", None) is None:
        raise ConfigError(_no_template(model))
    network.eval().requires_grad_(False).to(runtime.device)
    return Classifier(network, tokenizer, processor)


def _load_text_side(place: str, config: Any) -> tuple[Any, Any]:  # noqa: ANN401 - of no common type
    """The tokenizer, and the processor where the model has a vision part."""
    from transformers import AutoProcessor, AutoTokenizer

    if getattr(config, "vision_config", None) is None:
        return AutoTokenizer.from_pretrained(place, trust_remote_code=False), None
    auto: Any = AutoProcessor  # which has no annotations
    processor = auto.from_pretrained(place, trust_remote_code=False)
    return processor.tokenizer, processor


def _check_parameters(model: str, missing: Collection[str], unexpected: Collection[str]) -> None:
    for names, what in ((missing, "lacks"), (unexpected, "has beside them")):
        if names:
            listed = ", ".join(sorted(names)[:8]) + (", …" if len(names) > 8 else "")
            raise ConfigError(
                f"{_MODEL}: expected exactly the parameters of a sequence-classification model; "
                f"{model!r:.200} {what}: {listed}"
            )


def _has_template(folder: Path) -> bool:
    if any((folder / name).exists() for name in _TEMPLATES):
        return True
    for name in ("tokenizer_config.json", "processor_config.json"):
        try:
            settings = json.loads((folder / name).read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(settings, dict) and settings.get("chat_template"):
            return True
    return False


def _no_tokenizer(model: str) -> str:
    return f"{_MODEL}: expected a tokenizer's files in {model!r:.200}, got none"


def _no_template(model: str) -> str:
    return f"{_MODEL}: expected a chat template with the tokenizer of {model!r:.200}, got none"
