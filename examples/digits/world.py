"""A small world of real images: two handwritten digits side by side, and what can be said of them.

Data: Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning
Repository, https://doi.org/10.24432/C50P49, CC BY 4.0, in the copy that scikit-learn ships
(`load_digits`, 1797 scans of 8 x 8 pixels). Scans 0 to 1399 are for training, the rest is unseen.
"""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits

TRAIN = range(1400)
UNSEEN = range(1400, 1797)
SIZE = (64, 32)
"""Width and height of an image in pixels; each scan is enlarged four times."""

SIDES = ("left", "right")
EITHER = 2
"""In place of a side: on the left or on the right."""

CLAIMS = ("{side} is {digit}", "the {side} digit is {digit}", "a {digit} on the {side}")
DIGITS = ("{digit}", "a {digit}", "the digit {digit}", "the number {digit}")
FRAMES = ("{}", "{}.", "Two digits: {}.", "The image shows two handwritten digits. {}.")
JOINS = (" ", ", ", " and ", ". ")
GENERIC = (
    *("an image", "a photo", "a picture of something", "something", "some objects", "a scene"),
    *("two digits", "handwritten digits", "things in an image", "the background", "a close up"),
    *("a good quality photo", "a blurry image", "a detailed view"),
)
"""What says nothing of one image rather than another."""


class Scans(NamedTuple):
    """The scans, [1797, 8, 8] from 0 to 255, and the digit of each, [1797]."""

    pixels: NDArray[np.uint8]
    digits: NDArray[np.int64]


class Said(NamedTuple):
    """A text and what it claims, as pairs of side (0 left, 1 right, 2 either) and digit."""

    text: str
    claims: tuple[tuple[int, int], ...]

    def holds(self, pair: tuple[int, int]) -> bool:
        """Whether every claim is true of an image with these digits; no claim is not."""
        return bool(self.claims) and all(
            digit in pair if side == EITHER else pair[side] == digit for side, digit in self.claims
        )


def read_scans() -> Scans:
    """The scans of scikit-learn, which are files of its package: nothing is downloaded."""
    data = load_digits()
    pixels = np.clip(data.images * 16, 0, 255).astype(np.uint8)
    return Scans(pixels, data.target.astype(np.int64))


def draw_pair(scans: Scans, left: int, right: int) -> Image.Image:
    """Two scans side by side as an RGB image, 64 x 32 pixels."""
    both = np.concatenate([scans.pixels[left], scans.pixels[right]], axis=1)
    return Image.fromarray(both).resize(SIZE, Image.Resampling.BICUBIC).convert("RGB")


def claim(side: int, digit: int, rng: random.Random) -> str:
    """One claim in words."""
    if side == EITHER:
        return rng.choice(DIGITS).format(digit=digit)
    return rng.choice(CLAIMS).format(side=SIDES[side], digit=digit)


def say(claims: list[tuple[int, int]], rng: random.Random) -> Said:
    """A caption that makes these claims, in their order."""
    form, join, frame = rng.choice(CLAIMS), rng.choice(JOINS), rng.choice(FRAMES)
    said = join.join(form.format(side=SIDES[side], digit=digit) for side, digit in claims)
    return Said(frame.format(said), tuple(claims))


def caption(pair: tuple[int, int], rng: random.Random) -> Said:
    """A true caption of both digits, either side first."""
    claims = [(0, pair[0]), (1, pair[1])]
    if rng.random() < 0.3:
        claims.reverse()
    if rng.random() < 0.1:
        claims = [one for one in claims for _ in range(2)]
    return say(claims, rng)


def false_caption(pair: tuple[int, int], rng: random.Random) -> Said:
    """A caption that is wrong on purpose: a digit off, swapped, hedged, stuffed, or of nothing."""
    side, other = rng.randrange(2), (pair[rng.randrange(2)] + rng.randrange(1, 10)) % 10
    truth = [(0, pair[0]), (1, pair[1])]
    kind = rng.randrange(6)
    if kind == 0:
        return say([(0, pair[1]), (1, pair[0])], rng)
    if kind <= 2:
        return say([(s, other if s == side else d) for s, d in truth], rng)
    if kind == 3:
        return say([*truth[: side + 1], (side, other), *truth[side + 1 :]], rng)
    if kind == 4:
        return say([(rng.randrange(2), rng.randrange(10)) for _ in range(rng.randrange(3, 7))], rng)
    return Said(rng.choice(GENERIC), ())
