"""Contrastive training of the tiny FG-CLIP, on pairs of training scans."""

from __future__ import annotations

import random

import torch
import world
from tiny_fgclip import SIZES, TinyFgClip
from torch import Tensor

from rewardkit.digits.contrast import match_loss, prepared_halves, side_by_side
from rewardkit.digits.tiny_fgclip import make_tokenizer

BATCH = 96
RATE = 2e-3
ALONE = 480
"""First steps with single claims alone; left and right are learnt far faster so."""

MODES = ("short", "long")
OTHERS = ("a dog", "a red car", "a tree", "a house by the sea", "people in a street", "blue sky")
CLAIMS = [(side, digit) for side in (0, 1, world.EITHER) for digit in range(10)]


def vocabulary() -> list[str]:
    """Texts that hold every word of the world."""
    claims = [form.format(side=side, digit=7) for form in world.CLAIMS for side in world.SIDES]
    digits = [form.format(digit=digit) for form in world.DIGITS for digit in range(10)]
    return [*claims, *world.GENERIC, *(frame.format("") for frame in world.FRAMES), *digits, "and"]


def varied(pixels: Tensor, rng: random.Random) -> Tensor:
    """The batch moved a pixel or two, dimmed and with noise, so that unseen scans are like it."""
    moved = torch.roll(pixels, (rng.randint(-2, 2), rng.randint(-1, 1)), dims=(1, 2))
    scale = rng.uniform(0.8, 1.1)
    return (moved * scale + torch.randn_like(moved) * rng.uniform(0, 0.1)).clamp(0, 1)


def pixels_of(halves: Tensor, drawn: list[tuple[int, int]], rng: random.Random) -> Tensor:
    """Pairs of scans as the model takes them, [N, 3, 32, 32]."""
    return side_by_side(*(varied(halves[[pair[side] for pair in drawn]], rng) for side in (0, 1)))


def batch_loss(
    model: TinyFgClip,
    whole: Tensor,
    patches: Tensor,
    pairs: list[tuple[int, int]],
    texts: list[tuple[list[world.Said], str]],
) -> Tensor:
    """The loss of images against lists of texts, each in its mode; the first by patch as well."""
    scale = model.clip.logit_scale.exp().clamp(max=30)
    losses = []
    for number, (said, mode) in enumerate(texts):
        truth = torch.tensor([[one.holds(pair) for one in said] for pair in pairs])
        vectors = model.texts([one.text for one in said], mode)
        losses.append(match_loss(whole @ vectors.T, truth, scale))
        if number == 0:
            best = torch.einsum("npd,md->nmp", patches, vectors).amax(dim=2)
            losses.append(match_loss(best, truth, scale))
    return torch.stack(losses).sum()


def train(steps: int, seed: int) -> TinyFgClip:
    """Train on the training scans alone, first with single claims, then with captions as well.

    Args:
        steps: Steps of 96 images; 1600 take about three minutes on one CPU core.
        seed: Of weights, pairs, captions and noise.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    halves = prepared_halves(lambda scan: world.draw_pair(scan, scan), world.TRAIN, SIZES.side)
    model = TinyFgClip(make_tokenizer(vocabulary()))
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.1)
    for step in range(steps):
        drawn = [(rng.choice(world.TRAIN), rng.choice(world.TRAIN)) for _ in range(BATCH)]
        pairs = [world.digits_on(left, right) for left, right in drawn]
        alone = step < ALONE
        single = [world.Said(world.claim(*one, rng), (one,)) for one in CLAIMS]
        single += [
            world.Said(text, ()) for text in (*rng.sample(OTHERS, 3), *rng.sample(world.GENERIC, 5))
        ]
        texts = [(single, "short" if alone else MODES[step // 2 % 2])]
        if not alone:
            full = [world.caption(pair, rng) for pair in pairs]
            full += [world.false_caption(rng.choice(pairs), rng) for _ in range(BATCH // 2)]
            texts.append((full, MODES[step % 2]))
        whole, patches = model.images(pixels_of(halves, drawn, rng))
        loss = batch_loss(model, whole, patches, pairs, texts)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rate.step()
    return model.eval()
