"""A scorer for the perception reward, trained in seconds: a stand-in for a published FG-CLIP.

It learns single claims, `left is 3`, from scans with their labels. So it knows more than a policy
that is trained with rewards alone; of the scans of the split `test` it never sees one.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import torch
from torch import Tensor, nn
from transformers import CLIPConfig, CLIPTokenizer

from rewardkit.digits.contrast import match_loss, prepared_halves, side_by_side
from rewardkit.digits.images import render
from rewardkit.digits.perception import CLAIMS
from rewardkit.digits.scorer_figures import ScorerFigures, measure_scorer
from rewardkit.digits.tiny_fgclip import Sizes, clip_config, make_tokenizer, write_checkpoint
from rewardkit.digits.tiny_vlm import vocabulary
from rewardkit.digits.varied import varied_halves, varied_light
from rewardkit.digits.world import load_scans, scan_indices
from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.fgclip.model_v1 import FgClip1
from rewardkit.rewards.encoders.fgclip.shapes import Shape1
from rewardkit.rewards.encoders.shared import release_encoders
from rewardkit.rewards.encoders.threads import torch_threads
from rewardkit.rewards.phrase_rivals import GENERIC

SIZES: Final = Sizes(side=16, patch=8, text_layers=1, vision_layers=2)
STEPS: Final = 1100
BATCH: Final = 64
RATE: Final = 3e-3
COPIES: Final = 16
"""Variations of each scan beside itself."""
JUNK_TEXTS: Final = 300
JUNK_SHOWN: Final = 12
"""Of them in a step: without any, a text that claims nothing would be like some images."""
PLACES: Final = 1.0
"""Spread of fresh positions of patches; with less, left and right stay one for long."""
WORDS: Final = 0.2
"""Spread of fresh embeddings of texts."""
SCALE: Final = 2.66
"""Logarithm of what the cosines are multiplied by, at the start."""
LARGEST_SCALE: Final = 30.0


def train_scorer(folder: Path, seed: int, steps: int = STEPS) -> ScorerFigures:
    """Train a scorer and write its checkpoint.

    The same seed gives the same files on one machine. torch's random state and number of threads
    are left as they were. Encoders that this process holds are forgotten, for the folder may have
    been the model of one.

    Args:
        folder: Where to; `encoder: {kind: fg-clip, model: FOLDER}` loads it.
        seed: Of weights, pairs and variations.
        steps: Of `BATCH` images each, at least 1.

    Returns:
        How well it tells claims on unseen scans.

    Raises:
        ConfigError: When the folder can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: expected a folder to write, got {error.strerror}") from error
    with torch_threads(1), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        rng = random.Random(seed)
        texts = [*CLAIMS, *junk_texts(rng)]
        tokenizer = make_tokenizer([*texts, *vocabulary()])
        config = clip_config(tokenizer, SIZES)
        model = random_model(config)
        fit(model, tokens_of(tokenizer, texts), tokenizer.eos_token_id, steps, rng)
        try:
            write_checkpoint(folder, model.state_dict(), config, tokenizer)
        finally:
            release_encoders()  # one may hold what stood in the folder before
    return measure_scorer(folder)


def junk_texts(rng: random.Random) -> list[str]:
    """Texts that are true of no image: words that claim nothing, and numbers that no digit is."""
    words = [word for word in vocabulary() if word.isalnum()]
    texts = [*GENERIC, *(f"{side} is {n}" for side in ("left", "right") for n in range(10, 19))]
    while len(texts) < JUNK_TEXTS:
        text = " ".join(rng.choices(words, k=rng.randint(1, 4)))
        if text not in CLAIMS:
            texts.append(text)
    return texts


def tokens_of(tokenizer: CLIPTokenizer, texts: Sequence[str]) -> Tensor:
    """Token ids, [M, L] with L of the longest text."""
    return torch.tensor(tokenizer(list(texts), padding=True)["input_ids"])


def random_model(config: CLIPConfig) -> FgClip1:
    """The model that scores, with weights drawn from torch's random state."""
    model = FgClip1(msgspec.convert(config.to_dict(), Shape1))
    for name, weights in model.named_parameters():
        if "logit_scale" in name:
            nn.init.constant_(weights, SCALE)
        elif name.endswith(("class_embedding", "position_embedding.weight")):
            nn.init.normal_(weights, std=PLACES if name.startswith("vision") else WORDS)
        elif "text_model.embeddings" in name:
            nn.init.normal_(weights, std=WORDS)
    return model


def fit(model: FgClip1, ids_ML: Tensor, end_id: int, steps: int, rng: random.Random) -> None:
    """Train a model on pairs of scans against all claims and some junk.

    Args:
        model: Its dense map and its path for short texts are trained; no other.
        ids_ML: Token ids of the claims, then of the junk.
        end_id: The end token.
        steps: Of `BATCH` images each.
        rng: Draws pairs and junk.
    """
    scans = load_scans()
    shown = (*scan_indices("demonstrations"), *scan_indices("rl"))
    halves = prepared_halves(lambda scan: render(*[scans.pixels[scan]] * 2), shown, SIZES.side)
    halves = torch.cat([halves, *(varied_halves(halves) for _ in range(COPIES))])
    labels = torch.tensor(scans.labels[list(shown)]).repeat(COPIES + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.02, fused=True)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.1)
    for _ in range(steps):
        drawn = torch.randint(len(labels), (2, BATCH))
        junk = rng.sample(range(len(CLAIMS), len(ids_ML)), JUNK_SHOWN)
        pixels = side_by_side(*(varied_light(halves[side]) for side in drawn))
        maps = nn.functional.normalize(model.dense_features(pixels).flatten(1, 2), dim=-1)
        features = model.text_features(ids_ML[[*range(len(CLAIMS)), *junk]], "short", end_id)
        texts = nn.functional.normalize(features, dim=-1)
        scale = model.logit_scale.exp().clamp(max=LARGEST_SCALE)
        # A soft best cell: with the best one alone, the others would learn nothing at first.
        cosines = (torch.einsum("npd,md->nmp", maps, texts) * scale).logsumexp(dim=2) / scale
        loss = match_loss(cosines, truth_of(labels[drawn]), scale)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rate.step()


def truth_of(labels_2N: Tensor) -> Tensor:
    """Whether each claim, then each junk text, is true: [N, claims + junk] of 0 and 1.

    >>> truth_of(torch.tensor([[3], [5]]))[0].nonzero().flatten().tolist()
    [3, 15]
    """
    claims = nn.functional.one_hot(labels_2N.T, 10).flatten(1)
    return nn.functional.pad(claims, (0, JUNK_SHOWN))
