"""Cutting descriptions into phrases: what is one, what says nothing, and how much is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.phrase_words import EMPTY
from rewardkit.rewards.phrases import (
    MAX_LETTERS,
    MAX_TEXT,
    MAX_WORDS,
    SPLITS,
    Split,
    plain_phrase,
    split_phrases,
)

NOUN_PHRASES = [
    ("attribute and noun", "a red ball", ["red ball"]),
    ("two nouns", "a dog and a cat", ["dog", "cat"]),
    ("verb and preposition", "The dog is sitting on the green grass.", ["dog", "green grass"]),
    ("frame of an image", "The image shows a dog.", ["dog"]),
    ("picture of", "This is a picture of a dog in the background", ["dog"]),
    ("articles fall together", "A dog. The dog. His dog.", ["dog"]),
    ("any case", "A Red Ball, a RED ball", ["red ball"]),
    ("list", "- a dog\n- a ball\n* two trees", ["dog", "ball", "two trees"]),
    ("headings and emphasis", "## **A dog**\n`ball`", ["dog", "ball"]),
    ("commas and brackets", "a dog (brown), a cat", ["dog", "brown", "cat"]),
    ("possessive", "the man's hat", ["man's hat"]),
    ("hyphen", "a T-shirt - white", ["t shirt", "white"]),
    ("numbers stay whole", "3.5 apples and 1,200 people", ["3.5 apples", "1200 people"]),
    ("list of numbers", "3 5 8", ["3", "5", "8"]),
    ("generic", "an image of something in the background", []),
    ("nothing", "", []),
    ("signs alone", "?! ... --- ***", []),
    ("negated", "There is no dog.", []),
    ("negated, with attributes", "without a big brown dog", []),
    ("negated by n't", "there isn\u2019t a dog", []),
    ("negated, then not", "no dog, but a cat", ["cat"]),
    ("negation ends at but", "no dog but a cat", ["cat"]),
    ("not only", "not only a dog", ["dog"]),
    ("hedge is a claim", "maybe a dog or a cat", ["dog", "cat"]),
    ("Chinese", "图中有一只猫,草地上有球。", ["图中有一只猫", "草地上有球"]),
    ("Chinese, negated", "有猫,没有狗", ["有猫"]),
    ("Cyrillic", "Красный мяч, собака.", ["красный мяч", "собака"]),
    ("Arabic", "كلب، قطة", ["كلب", "قطة"]),
    ("emoji alone", "🐶 🐱", []),
    ("zero width within a word", "do\u200bg, d\u2060og, dog\ufe0f, \u202edog", ["dog"]),
    ("zero width and control", "\x00\u200b a dog \u202e", ["dog"]),
]


@pytest.mark.parametrize(("name", "text", "phrases"), NOUN_PHRASES)
def test_noun_phrases(name: str, text: str, phrases: list[str]) -> None:
    assert list(split_phrases(text).found) == phrases, name


CLAUSES = [
    ("one claim", "left is 3", ["left is 3"]),
    ("no sign between", "left is 3 right is 8", ["left is 3", "right is 8"]),
    ("three", "left is 3 left is 5 right is 8", ["left is 3", "left is 5", "right is 8"]),
    ("conjunction", "left is 3 and right is 8", ["left is 3", "right is 8"]),
    ("hedge", "left is 3 or 5", ["left is 3", "5"]),
    ("list of values", "left is 3 5 8", ["left is 3", "5", "8"]),
    ("list, then a claim", "left is 5 6 right is 7", ["left is 5", "6", "right is 7"]),
    ("longer subject", "left digit is 3 right digit is 8", ["left digit is 3", "right digit is 8"]),
    ("articles", "The sky is blue the grass is green", ["sky is blue", "grass is green"]),
    (
        "articles begin a subject",
        "the sky is bright blue the grass is green",
        ["sky is bright blue", "grass is green"],
    ),
    ("relation stays", "a dog on the grass", ["dog on the grass"]),
    ("negated", "left is not 3, right is 8", ["right is 8"]),
    ("nothing said", "left is right, it is there", []),
    ("verbs alone", "is is is", []),
]


@pytest.mark.parametrize(("name", "text", "phrases"), CLAUSES)
def test_clauses(name: str, text: str, phrases: list[str]) -> None:
    assert list(split_phrases(text, "clauses").found) == phrases, name


def test_sentences() -> None:
    text = "A dog, and a cat. There is no ball! An image."
    assert split_phrases(text, "sentences").found == ("dog and a cat",)


def test_the_limit_counts_what_is_beyond() -> None:
    got = split_phrases(", ".join(f"ball{index}" for index in range(50)), limit=8)
    assert len(got.found) == 8
    assert got.beyond == 42
    assert split_phrases("a dog, " * 1000, limit=1) == (("dog",), 0)


def test_long_phrases_become_several() -> None:
    words = [f"w{index}" for index in range(20)]
    assert list(split_phrases(" ".join(words)).found) == words
    assert split_phrases(" ".join(words), "clauses").found == (
        " ".join(words[:16]),
        " ".join(words[16:]),
    )
    assert split_phrases("красный " * 6).found == (" ".join(["красный"] * 5), "красный")
    assert split_phrases("x" * 100).found == (f"{'x' * 40} {'x' * 40} {'x' * 20}",)


@pytest.mark.parametrize("split", SPLITS)
@given(
    text=st.text()
    | st.lists(st.sampled_from("a no is the 3 dog , . and 狗 -".split())).map(" ".join)
)
def test_any_text_gives_few_short_distinct_phrases(split: Split, text: str) -> None:
    found, beyond = split_phrases(text, split, limit=5)
    assert len(found) == len(set(found)) <= 5
    assert beyond == 0 or len(found) == 5
    assert split_phrases(f"{text}\n{text}", split, limit=5) == (found, beyond)
    for phrase in found:
        words = phrase.split(" ")
        assert len(words) <= MAX_WORDS[split]
        assert all(0 < len(word) <= MAX_LETTERS for word in words)


@given(st.lists(st.sampled_from(sorted(EMPTY)), max_size=12).map(" ".join))
def test_words_that_fit_any_image_are_no_phrase(text: str) -> None:
    assert split_phrases(text).found == ()
    assert split_phrases(text, "clauses").found == ()


@pytest.mark.parametrize("split", SPLITS)
def test_only_the_start_of_a_huge_text_is_read(split: Split) -> None:
    assert split_phrases("!" * MAX_TEXT + "a dog", split).found == ()


def test_a_phrase_alone_reads_as_in_a_text() -> None:
    for text in (
        "A red  Ball",
        "the T-shirt",
        "A dog.",
        "**dog**!",
        "1,200 people",
        "Ho\u200bt dog",
    ):
        assert split_phrases(text).found == (plain_phrase(text),)
    assert plain_phrase("The left is 3.") == "left is 3"
