"""A small world of real images: two handwritten digits side by side, and what can be said of them.

Data: Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning
Repository, https://doi.org/10.24432/C50P49, CC BY 4.0. The scans and what of them is unseen are
those of `rewardkit.digits`; images are larger and smooth, and captions are of many forms.
"""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
from PIL import Image

from rewardkit.digits.world import FIRST_TEST_SCAN, load_scans, scan_indices

TRAIN = range(FIRST_TEST_SCAN)
UNSEEN = scan_indices("test")
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


class Said(NamedTuple):
    """A text and what it claims, as pairs of side (0 left, 1 right, 2 either) and digit."""

    text: str
    claims: tuple[tuple[int, int], ...]

    def holds(self, pair: tuple[int, int]) -> bool:
        """Whether every claim is true of an image with these digits; no claim is not."""
        return bool(self.claims) and all(
            digit in pair if side == EITHER else pair[side] == digit for side, digit in self.claims
        )


def digits_on(left: int, right: int) -> tuple[int, int]:
    """The digits that two scans show."""
    labels = load_scans().labels
    return int(labels[left]), int(labels[right])


def draw_pair(left: int, right: int) -> Image.Image:
    """Two scans side by side as an RGB image, 64 x 32 pixels."""
    pixels = load_scans().pixels
    both = np.concatenate([pixels[left], pixels[right]], axis=1)
    bright = np.clip(both * 256, 0, 255).astype(np.uint8)
    return Image.fromarray(bright).resize(SIZE, Image.Resampling.BICUBIC).convert("RGB")


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
