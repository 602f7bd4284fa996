"""The `label` task: whole names only, in any harmless dress."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Status
from rewardkit.verifiers import Label

SAME = {
    "case": ("DOG", "dog"),
    "full stop": ("Dog.", "dog"),
    "article": ("a dog", "dog"),
    "definite article": ("The dog", "dog"),
    "article before a vowel": ("an owl", "owl"),
    "Markdown": ("**dog**", "dog"),
    "Markdown after the article": ("a **dog**", "dog"),
    "quotes": ("“dog”", "dog"),
    "LaTeX": (r"\text{dog}", "dog"),
    "box": (r"$\boxed{\text{dog}}$", "dog"),
    "brackets": ("(dog)", "dog"),
    "white space": (" golden \n retriever ", "golden retriever"),
    "underscore": ("golden_retriever", "golden retriever"),
    "full width": ("\uff24\uff2f\uff27", "dog"),
    "composed accent": ("cafe\u0301", "caf\u00e9"),
    "zero-width space": ("d\u200bog", "dog"),
    "variation selector": ("d\ufe0fog", "dog"),
    "grapheme joiner": ("do\u034fg", "dog"),
    "sharp s": ("STRASSE", "straße"),
    "Chinese": ("狗。", "狗"),
    "integer": ("7", "7"),
    "several words": ("salt and pepper", "Salt and Pepper"),
    "article alone": ("a", "A"),
    "sign": ("C++", "c++"),
}

DIFFERENT = {
    "substring": ("hotdog", "dog"),
    "prefix": ("category", "cat"),
    "inside a word": ("I do not know", "no"),
    "listing": ("dog cat bird", "dog"),
    "negation": ("not yes", "no"),
    "sharp": ("C#", "C"),
    "plus signs": ("C++", "C"),
    "superscript": ("10²", "102"),
    "point inside": ("3.5", "35"),
    "space inside": ("7 2", "72"),
    "hyphen": ("re-form", "reform"),
    "accent": ("pêche", "peche"),
    "doubt": ("dog?", "dog"),
    "sentence": ("It is a dog.", "dog"),
    "minus": ("-1", "1"),
}

HEDGED = {
    "or": "dog or cat",
    "and": "a dog and a cat",
    "comma": "cat, dog",
    "slash": "dog/cat",
    "not": "not dog",
    "either": "cat, or a dog",
}


@pytest.mark.parametrize(("answer", "reference"), SAME.values(), ids=SAME.keys())
def test_same_name_is_correct_both_ways(answer: str, reference: str) -> None:
    assert Label()(answer, reference).correct
    assert Label()(reference, answer).correct


@pytest.mark.parametrize(("answer", "reference"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_other_name_is_never_correct(answer: str, reference: str) -> None:
    assert not Label()(answer, reference).correct
    assert not Label()(reference, answer).correct


@pytest.mark.parametrize("answer", HEDGED.values(), ids=HEDGED.keys())
@pytest.mark.parametrize("in_sentence", [False, True])
def test_name_among_others_is_ambiguous(answer: str, in_sentence: bool) -> None:
    assert Label(in_sentence=in_sentence)(answer, "dog").status == "ambiguous_answer"


@pytest.mark.parametrize("answer", ["", "  ", "\u200b", "\n"])
def test_blank_is_no_answer(answer: str) -> None:
    assert Label()(answer, "dog").status == "no_answer"


@pytest.mark.parametrize("reference", [None, "", " ", [], [""], ["dog", ""], True, 0.5, {"a": 1}])
@pytest.mark.parametrize("answer", ["dog", ""])
def test_unreadable_reference_is_not_judged(answer: str, reference: Reference) -> None:
    assert Label()(answer, reference).status == "unreadable_reference"


def test_any_name_of_a_list_is_right() -> None:
    assert Label()("hound", ["dog", "hound"]).correct
    assert Label()("cat", ["dog", "hound"]).status == "wrong"
    assert Label()("dog", ["dog", "hound"]).reference == "dog | hound"


def test_integer_reference_stands_for_its_digits() -> None:
    assert Label()("7", 7).correct
    assert not Label()("7.0", 7).correct


def test_synonyms_mean_the_same_both_ways_and_no_more() -> None:
    pets = Label(synonyms={"dog": ["Hound", "domestic dog"], "cat": ["feline"]})

    assert pets("a hound", "dog").rule == "synonym"
    assert pets("dog", "domestic_dog").correct
    assert pets("Hound", "domestic dog").correct
    assert pets("feline", "dog").status == "wrong"
    assert pets("hounds", "dog").status == "wrong"
    assert pets("hound or cat", "dog").status == "ambiguous_answer"


def test_one_name_under_two_labels_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"label\.synonyms\.cat: .* got 'Pet' under 'dog' too"):
        Label(synonyms={"dog": ["pet"], "cat": ["Pet"]})


def test_synonyms_that_are_a_text_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"label\.synonyms\.dog: expected a list of texts"):
        Label(synonyms={"dog": "hound"})  # type: ignore[dict-item]  # as a YAML file might have it


IN_SENTENCE: dict[str, tuple[str, Status]] = {
    "it is": ("It is a dog.", "correct"),
    "it's": ("it's a **dog**", "correct"),
    "answer": ("The answer is dog", "correct"),
    "colon": ("Answer: Dog", "correct"),
    "picture": ("The image shows a dog.", "correct"),
    "plain": ("dog", "correct"),
    "negation": ("It is not a dog.", "ambiguous_answer"),
    "other": ("It is a cat.", "wrong"),
    "longer": ("It is a dog house.", "wrong"),
    "mention": ("I saw a dog.", "wrong"),
}


@pytest.mark.parametrize(("answer", "status"), IN_SENTENCE.values(), ids=IN_SENTENCE.keys())
def test_sentence_is_read_only_on_request(answer: str, status: Status) -> None:
    assert Label(in_sentence=True)(answer, "dog").status == status
    assert Label()(answer, "dog").correct == (answer == "dog")


words = st.text("abcdefgh", min_size=2, max_size=6)


@given(words, words)
def test_agrees_with_plain_comparison_of_words(one: str, two: str) -> None:
    """The slow reference: single lower-case words are the same only where they are equal."""
    assert Label()(f" The **{one.upper()}**. ", two).correct == (one == two)
    assert not Label()(one + two, one).correct
    assert not Label()(f"{one}, {two}x", one).correct
