"""The parts of a tiny FG-CLIP v1 that is trained from scratch: tokenizer, sizes, checkpoint.

A checkpoint has the published names and layout. Source: FG-CLIP, arXiv 2505.05071,
360CVGroup/FG-CLIP@0fcea59.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from torch import Tensor
from transformers import CLIPConfig, CLIPTokenizer

WIDTH: Final = 64
DIM: Final = 48
"""Numbers of a unit vector."""
SHORT: Final = 77
"""Tokens of a text, at most."""
VOCABULARY: Final = 4000
"""Tokens, at most; the digits' worlds need some 600."""


class Sizes(NamedTuple):
    """What two tiny models differ in.

    Attributes:
        side: Pixels of a side of the square that the model sees.
        patch: Pixels of a side of a patch.
        text_layers: At least 1.
        vision_layers: At least 2, of which the last looks at each patch alone.
    """

    side: int
    patch: int
    text_layers: int
    vision_layers: int


def make_tokenizer(texts: Sequence[str]) -> CLIPTokenizer:
    """CLIP's tokenizer over a vocabulary of its own.

    Args:
        texts: Each of their words becomes one token. Every byte is one too, so that any text can
            be cut.
    """
    learner = CLIPTokenizer().backend_tokenizer
    alphabet = sorted(ByteLevel.alphabet())
    ends = [f"{byte}</w>" for byte in alphabet]
    last = Counter(f"{word[-1]}</w>" for text in texts for word in _words(learner, text))
    trainer = BpeTrainer(
        vocab_size=VOCABULARY,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        min_frequency=1,
        show_progress=False,
        # Numbers decide between ties; left to the trainer, those of ends differ from run to run.
        special_tokens=[*alphabet, *sorted(ends, key=lambda end: -last[end])],
    )
    learner.train_from_iterator(texts, trainer)
    learnt = json.loads(learner.to_str())["model"]
    known = [*alphabet, *ends, *learnt["vocab"]]
    pieces = [*dict.fromkeys(known), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(
        vocab={piece: index for index, piece in enumerate(pieces)},
        merges=[tuple(pair) for pair in learnt["merges"]],  # type: ignore[misc]  # pairs they are
        model_max_length=SHORT,
    )


def _words(tokenizer: Tokenizer, text: str) -> list[str]:
    """A text's words as the tokenizer cuts them before it looks into its vocabulary."""
    assert tokenizer.normalizer is not None and tokenizer.pre_tokenizer is not None  # CLIP has both
    plain = tokenizer.normalizer.normalize_str(text)
    return [word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(plain)]


def clip_config(tokenizer: CLIPTokenizer, sizes: Sizes) -> CLIPConfig:
    """The configuration of a model for the tokenizer's vocabulary."""
    tower = {
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_attention_heads": 4,
        "projection_dim": DIM,
    }
    ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    return CLIPConfig(
        text_config={
            **tower,
            **ends,
            "pad_token_id": tokenizer.pad_token_id,
            "vocab_size": len(tokenizer),
            "max_position_embeddings": SHORT,
            "num_hidden_layers": sizes.text_layers,
        },
        vision_config={
            **tower,
            "image_size": sizes.side,
            "patch_size": sizes.patch,
            "num_hidden_layers": sizes.vision_layers,
        },
        projection_dim=DIM,
    )


def write_checkpoint(
    folder: Path, weights: Mapping[str, Tensor], config: CLIPConfig, tokenizer: CLIPTokenizer
) -> None:
    """Write a checkpoint, weights in half precision; config.json comes last, when all is there.

    Args:
        folder: Where to; made when missing.
        weights: By their published names.
        config: From `clip_config`.
        tokenizer: From `make_tokenizer`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").unlink(missing_ok=True)
    halves = {name: value.detach().half().contiguous() for name, value in weights.items()}
    save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save_pretrained(folder)
    facts = {**config.to_diff_dict(), "architectures": ["FGCLIPModel"]}
    text = json.dumps(facts, indent=1, sort_keys=True) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
