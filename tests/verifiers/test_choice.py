"""The `choice` task: which option an answer picks, and when it picks none."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Status
from rewardkit.verifiers import Choice

PETS = ("cat", "dog", "bird", "None of the above")

PICKS = {
    "letter": ("B", "B"),
    "lower case": ("b", "B"),
    "brackets": ("(B)", "B"),
    "square brackets": ("[B]", "B"),
    "full stop": ("B.", "B"),
    "bullet": ("- B", "B"),
    "curly quotes": ("The answer is \u2018B\u2019.", "B"),
    "quotes": ("'B'", "B"),
    "Markdown": ("**B**", "B"),
    "LaTeX": (r"\text{(B)}", "B"),
    "box": (r"The answer is \boxed{B}.", "B"),
    "full width": ("\uff22", "B"),
    "option": ("Option B", "B"),
    "letter and text": ("B. dog", "B"),
    "bracketed letter and text": ("(b) dog", "B"),
    "option, letter and text": ("Option B: dog", "B"),
    "stated with text": ("The correct answer is (B) dog", "B"),
    "stated": ("So the answer is **B**.", "B"),
    "stated in lower case": ("answer: b", "B"),
    "stated by option": ("The best option is B", "B"),
    "thought": ("I think B", "B"),
    "thought at length": ("I believe that it is B.", "B"),
    "chosen": ("I choose (B)", "B"),
    "called right": ("B is correct.", "B"),
    "reason after it": ("B because it's not A", "B"),
    "stated, others mentioned": ("Answer: B because A is wrong", "B"),
    "first, others mentioned": ("B, A is wrong", "B"),
    "others called wrong": ("Option B is correct because option A is not.", "B"),
    "stated, another ruled out": ("Answer: (B), not (A)", "B"),
    "stated twice": ("Answer: B\nB is the dog.", "B"),
    "letter and text without a mark": ("B dog", "B"),
    "text and letter": ("dog (B)", "B"),
    "text and letter in a sentence": ("The answer is a dog (B).", "B"),
    "letter in its own line": ("B\n\nThe image shows a dog.", "B"),
    "announced on the line before": ("**Answer:**\nB", "B"),
    "stated by letter": ("The letter is B", "B"),
    "called the answer": ("B is the answer, not A", "B"),
    "first, others explained away": ("B. It is not A since it barks, rather than (C).", "B"),
    "reason that names another": ("B because it might look like A", "B"),
    "prefixed letter of another kind": ("B) dog", "B"),
    "text": ("dog", "B"),
    "text with an article": ("a dog", "B"),
    "text in capitals": ("DOG!", "B"),
    "text in a sentence": ("It is a dog.", "B"),
    "text shown": ("The image shows a dog.", "B"),
    "abbreviated": ("Ans: B", "B"),
    "text stated": ("The answer is: dog", "B"),
    "text of the last choice": ("None of the above", "D"),
    "letter A before a comma": ("A, since it is furry", "A"),
    "letter A before a reason": ("A because", "A"),
    "beyond the choices": ("G", "G"),
    "Chinese answer": ("答案是B", "B"),
    "Chinese answer with a colon": ("答案\uff1aB", "B"),
    "Chinese answer in brackets": ("正确答案为(B)", "B"),
    "Chinese pick": ("应选B。", "B"),
}

UNCLEAR: dict[str, tuple[str, Status]] = {
    "empty": ("", "no_answer"),
    "invisible": ("\u200b\u200b", "no_answer"),
    "or": ("A or B", "ambiguous_answer"),
    "either": ("either B or C", "ambiguous_answer"),
    "and": ("B and C", "ambiguous_answer"),
    "both right": ("Both A and B are correct", "ambiguous_answer"),
    "list": ("A, B, C, D", "ambiguous_answer"),
    "list of spaces": ("A B C D", "ambiguous_answer"),
    "slash": ("B/C", "ambiguous_answer"),
    "lines": ("B\nC", "ambiguous_answer"),
    "afterthought": ("B, maybe C", "ambiguous_answer"),
    "changed mind": ("B. No, C.", "ambiguous_answer"),
    "two statements": ("The answer is B. Wait, the answer is C.", "ambiguous_answer"),
    "or something else": ("The answer is B or something else", "ambiguous_answer"),
    "list of options": ("B. dog\nA. cat", "ambiguous_answer"),
    "list of options in a line": ("B: dog, C: bird", "ambiguous_answer"),
    "list of judgements": ("A: no\nB: yes", "ambiguous_answer"),
    "taken back": ("B, but could be A", "ambiguous_answer"),
    "taken back at length": ("Answer: B. Alternatively, it is bird (C).", "ambiguous_answer"),
    "added": ("The answer is B. The answer is also C.", "ambiguous_answer"),
    "text in the next sentence": ("The answer is B. None of the above.", "ambiguous_answer"),
    "but": ("Answer: B, but C", "ambiguous_answer"),
    "ranked": ("B, then C", "ambiguous_answer"),
    "text with another letter": ("dog (A)", "ambiguous_answer"),
    "letter with another text": ("B. cat", "ambiguous_answer"),
    "stated letter with another text": ("The answer is (B) cat", "ambiguous_answer"),
    "letter or article": ("A dog", "ambiguous_answer"),
    "two texts": ("dog or cat", "ambiguous_answer"),
    "letter, then texts": ("B. dog, cat", "ambiguous_answer"),
    "prose": ("Vitamin C is good", "unreadable_answer"),
    "other prose": ("Plan B", "unreadable_answer"),
    "possessive": ("B's", "unreadable_answer"),
    "pronoun": ("I am sure", "unreadable_answer"),
    "article": ("A fish", "unreadable_answer"),
    "negated": ("not B", "unreadable_answer"),
    "negated statement": ("The answer is not B", "unreadable_answer"),
    "negated thought": ("I don't think B", "unreadable_answer"),
    "curly apostrophe": ("I don\u2019t think B", "unreadable_answer"),
    "called wrong in Chinese": ("B不对", "unreadable_answer"),
    "called wrong": ("B is wrong", "unreadable_answer"),
    "called false by a colon": ("B: false", "unreadable_answer"),
    "called incorrect by a dash": ("B - incorrect", "unreadable_answer"),
    "the wrong one": ("The incorrect option is B", "unreadable_answer"),
    "the least likely": ("The least likely answer is B", "unreadable_answer"),
    "called not right": ("B is not correct", "unreadable_answer"),
    "called impossible": ("(B) cannot be right", "unreadable_answer"),
    "neither": ("neither A nor B is correct", "unreadable_answer"),
    "condition": ("If the answer is B then", "unreadable_answer"),
    "doubt": ("B?", "unreadable_answer"),
    "open": ("B or not", "unreadable_answer"),
    "letters joined": ("AB", "unreadable_answer"),
    "Cyrillic letter": ("\u0412", "unreadable_answer"),
    "negated in Chinese": ("答案不是B", "unreadable_answer"),
}

UNREADABLE: dict[str, tuple[Reference, tuple[str, ...]]] = {
    "None": (None, PETS),
    "empty": ("", PETS),
    "blank": (" ", PETS),
    "no choice's text": ("fish", PETS),
    "text without choices": ("dog", ()),
    "beyond the choices": ("E", PETS),
    "two letters": ("A or B", PETS),
    "index": (1, PETS),
    "true": (True, PETS),
    "fraction": (1.5, PETS),
    "list": (["A"], PETS),
    "text of two choices": ("dog", ("dog", "dog")),
    "letter that is another's text": ("A", ("B", "A")),
}


@pytest.mark.parametrize(("answer", "letter"), PICKS.values(), ids=PICKS.keys())
def test_answer_picks_an_option(answer: str, letter: str) -> None:
    verdict = Choice()(answer, "B", PETS)

    assert verdict.answer == letter, verdict
    assert verdict.status == ("correct" if letter == "B" else "wrong")


@pytest.mark.parametrize(("answer", "status"), UNCLEAR.values(), ids=UNCLEAR.keys())
def test_answer_that_picks_no_one_option(answer: str, status: Status) -> None:
    for letter in "ABCD":
        assert Choice()(answer, letter, PETS).status == status


@pytest.mark.parametrize(("reference", "choices"), UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("answer", ["A", ""])
def test_unreadable_reference_is_not_judged(
    answer: str, reference: Reference, choices: tuple[str, ...]
) -> None:
    assert Choice()(answer, reference, choices).status == "unreadable_reference"


@pytest.mark.parametrize("reference", ["B", "b", "(B)", "dog", "A dog.".lower(), "B. dog"])
def test_reference_is_a_letter_or_a_text_or_both(reference: str) -> None:
    assert Choice()("B", reference, PETS).correct
    assert Choice()("dog", reference, PETS).correct
    assert not Choice()("A", reference, PETS).correct


def test_pronoun_is_not_option_i() -> None:
    assert Choice()("I think B", "I").status == "wrong"
    assert Choice()("I", "I").correct
    assert Choice()("The answer is I.", "I").correct


def test_text_of_a_reference_with_letter_counts_without_choices() -> None:
    assert Choice()("cat", "A. cat").correct


def test_choices_may_carry_their_letters() -> None:
    assert Choice()("dog", "B", ["A. cat", "B. dog"]).correct
    assert Choice()("B. dog", "B", ["A. cat", "B. dog"]).correct


def test_text_of_a_choice_that_names_letters_is_that_choice() -> None:
    choices = ["red", "blue", "Both A and B"]

    assert Choice()("Both A and B", "C", choices).correct
    assert Choice()("C. Both A and B", "C", choices).correct


def test_letter_that_is_the_text_of_another_choice_is_ambiguous() -> None:
    assert Choice()("A", "B", ["C", "x", "A"]).status == "ambiguous_answer"


def test_letter_beyond_the_choices_may_be_the_text_of_one() -> None:
    assert Choice()("x", "A", ["x", "y"]).correct
    assert Choice()("x", "x", ["x", "y"]).correct
    assert Choice()("y", "A", ["x", "y"]).status == "wrong"
    assert Choice()("c", "B", ["c", "b", "a"]).status == "ambiguous_answer"


@pytest.mark.parametrize(("first", "letter"), [(0, "B"), (1, "A")])
def test_index_counts_from_the_stated_number(first: int, letter: str) -> None:
    by_index = Choice(index_from=0) if first == 0 else Choice(index_from=1)

    assert by_index(letter, 1, PETS).correct
    assert by_index("A", 4 + first, PETS).status == "unreadable_reference"


def test_other_ways_of_counting_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"choice\.index_from: expected 0, 1 or null, got 2"):
        Choice(index_from=2)  # type: ignore[arg-type]  # as a YAML file might have it


@given(st.sampled_from(string.ascii_uppercase), st.sampled_from(string.ascii_uppercase))
def test_two_letters_are_right_only_where_they_are_one(one: str, two: str) -> None:
    for hedge in (f"{one} or {two}", f"({one}) and ({two})", f"{one}, {two}", f"{one}/{two}"):
        assert one == two or not Choice()(hedge, one).correct
        assert one == two or not Choice()(hedge, two).correct


@given(st.permutations(["red", "green", "dark blue", "It"]), st.integers(0, 3))
def test_each_form_of_an_option_picks_it(texts: list[str], place: int) -> None:
    letter, text = "ABCD"[place], texts[place]
    for answer in (letter, text, f"{letter}) {text}", f"The answer is {letter}: {text}."):
        assert Choice()(answer, letter, texts).correct
        assert not Choice()(answer, "ABCD"[place - 1], texts).correct
