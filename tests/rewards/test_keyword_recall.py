"""Keyword recall: what is a mention and what is not."""

import pickle
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards.keyword_recall import KeywordRecall, found_keywords
from rewardkit.rewards.keywords import MAX_LOOKS, mentioned, readable
from rewardkit.types import Message, Rollout, Score


def score(reward: KeywordRecall, text: str, *keywords: str) -> Score:
    return reward([Rollout(completion=text, keywords=list(keywords))])[0]


@pytest.mark.parametrize(
    ("name", "keyword", "text", "found"),
    [
        ("plain", "dog", "A dog runs.", True),
        ("any case", "Dog", "THE DOG", True),
        ("start and end", "dog", "dog", True),
        ("inside a word", "cat", "a category", False),
        ("end of a word", "cat", "a bobcat", False),
        ("later place counts", "cat", "a category of cat", True),
        ("plural is another word", "dog", "two dogs", False),
        ("possessive", "dog", "the dog's tail", True),
        ("digits belong to the word", "7", "17 and 71", False),
        ("full stop after it", "7", "it is 7.", True),
        ("phrase", "red ball", "a red ball", True),
        ("phrase over lines", "red ball", "a red \n\t ball", True),
        ("phrase, other order", "red ball", "a ball, red", False),
        ("phrase over a full stop", "hot dog", "It is hot. Dog barks", False),
        ("keyword with odd spaces", "  red   ball ", "a red ball", True),
        ("Markdown emphasis", "red ball", "a **red** ball", True),
        ("hyphen for space", "t-shirt", "a T shirt", True),
        ("space for hyphen", "t shirt", "a T-shirt", True),
        ("underscore", "red ball", "a red_ball", True),
        ("symbols", "C++", "in C++ code", True),
        ("symbols are not dropped", "C++", "in C code", False),
        ("curly apostrophe", "dog's", "the dog\u2019s", True),
        ("accents are letters", "cafe", "a café", False),
        ("composed and decomposed", "café", "a cafe\u0301", True),
        ("full width", "dog", "\uff24\uff2f\uff27", True),
        ("mathematical letters", "dog", "\U0001d403\U0001d428\U0001d420", True),
        ("sharp s", "STRASSE", "die Straße", True),
        ("Chinese inside a sentence", "猫", "图中有一只猫在睡觉", True),
        ("Chinese, absent", "狗", "图中有一只猫", False),
        ("Latin beside Chinese", "dog", "一只dog在跑", True),
        ("Japanese", "りんご", "赤いりんごがあります", True),
        ("Korean with a particle", "고양이", "고양이가 잔다", True),
        ("Korean inside a word", "개", "안개 속", False),
        ("Cyrillic inside a word", "кот", "который", False),
        ("empty reply", "dog", "", False),
    ],
)
def test_mentions(name: str, keyword: str, text: str, found: bool) -> None:
    assert score(KeywordRecall(), text, keyword).value == float(found), name


@pytest.mark.parametrize(
    ("name", "keyword", "text", "found"),
    [
        ("no", "dog", "There is no dog.", False),
        ("no, with an adjective", "dog", "There is no big brown dog here.", False),
        ("without a", "dog", "A park without a dog", False),
        ("isn't a", "dog", "It isn't a dog", False),
        ("curly isn't", "dog", "It isn\u2019t a dog", False),
        ("is not a", "dog", "This is not a dog", False),
        ("never", "dog", "never a dog", False),
        ("neither nor", "cat", "neither a dog nor a cat", False),
        ("cannot see", "dog", "I cannot see a dog", False),
        ("absence of", "dog", "the absence of a dog", False),
        ("Chinese 没有", "狗", "图中没有狗", False),
        ("Chinese 不是", "狗", "这不是一只狗", False),
        ("plain", "dog", "There is a dog.", True),
        ("negation in another clause", "dog", "There is no cat, but a dog.", True),
        ("negation after but", "dog", "not a cat but a dog", True),
        ("negation in another sentence", "dog", "It is not. A dog runs.", True),
        ("negation after it", "dog", "a dog, not a cat", True),
        ("negation far off", "dog", "no one in the park sees the dog", True),
        ("not only", "dog", "not only a dog", True),
        ("no doubt", "dog", "no doubt a dog", True),
        ("'no' inside a word", "dog", "a piano dog", True),
        ("'no' at the window's edge", "dog", "a casi" + "no " + "x" * 53 + " a dog", True),
        ("'no' at the window's edge", "dog", "a casi" + "no " + "x" * 54 + " a dog", True),
        ("'no' at the window's edge", "dog", "a casi" + "no " + "x" * 55 + " a dog", True),
        ("keyword holds the negation", "no parking sign", "a no parking sign", True),
        ("one mention stands", "dog", "It is not a cat. no dog? Yes: a dog", True),
        ("Chinese, other clause", "狗", "没有猫\uff0c有狗", True),
    ],
)
def test_negation(name: str, keyword: str, text: str, found: bool) -> None:
    assert score(KeywordRecall(negation_aware=True), text, keyword).value == float(found), name
    assert score(KeywordRecall(), text, keyword).value == 1.0, name


def test_each_keyword_counts_once() -> None:
    got = score(KeywordRecall(), "dog dog dog", "dog", "DOG", " dog ", "cat")
    assert got == Score(0.5, "found dog; missed cat")


@pytest.mark.parametrize("keywords", [[], [""], [" ", "**"]])
def test_a_row_without_keywords_is_not_judged(keywords: list[str]) -> None:
    got = score(KeywordRecall(), "A dog.", *keywords)
    assert got == Score(None, "keywords missing: expected at least one phrase")


def test_reason_is_bounded() -> None:
    got = score(KeywordRecall(), "", *(f"{index}" + "x" * 1000 for index in range(100)))
    assert got.reason.endswith("and 95 more")
    assert len(got.reason) < 300


def test_only_the_section_is_read() -> None:
    reward = KeywordRecall(template="think-answer", section="answer")
    assert score(reward, "<think>dog</think><answer>cat</answer>", "dog").value == 0.0
    assert score(reward, "<think>cat</think><answer>dog</answer>", "dog").value == 1.0
    assert score(reward, "a dog", "dog") == Score(0.0, "no section 'answer'")
    assert score(reward, "a dog").value is None


def test_words_beyond_the_limit_do_not_count() -> None:
    reward = KeywordRecall(max_words=3)
    assert score(reward, "one two dog", "dog").value == 1.0
    assert score(reward, "one two three dog", "dog").value == 0.0
    assert score(reward, "有一只猫", "猫").value == 0.0
    for sign in (",", "/", "-", "_", "|", "\u2014", "\u00b7", "🐶", "\u200b"):
        assert score(reward, sign.join(["one", "two", "three", "dog"]), "dog").value == 0.0, sign
    assert score(reward, "isn't it a dog", "dog").value == 0.0
    assert score(reward, "isn't a dog", "dog").value == 1.0


@pytest.mark.parametrize("as_messages", [False, True])
def test_a_copy_of_the_prompt_earns_nothing(as_messages: bool) -> None:
    prompt = "Describe the dog, the cat and the ball in the picture."
    given_prompt = [Message("user", prompt)] if as_messages else prompt
    keywords = ["dog", "cat"]

    def value(reply: str) -> float | None:
        rollout = Rollout(completion=reply, prompt=given_prompt, keywords=keywords)
        return KeywordRecall()([rollout])[0].value

    assert value(prompt) == 0.0
    assert value(f"{prompt}\nA dog sleeps.") == 0.5
    assert value("The dog and the cat") == 1.0


def slow_mentioned(keyword: str, text: str) -> bool:
    """The definition for ASCII words: equal runs of words, letter by letter."""
    want, have = keyword.lower().split(), re.findall(r"[a-z]+", text.lower())
    return any(have[start : start + len(want)] == want for start in range(len(have)))


WORDS = st.lists(st.sampled_from(["a", "cat", "cats", "at", "Red", "ball"]), min_size=1, max_size=8)


@given(st.lists(WORDS, min_size=1, max_size=4), WORDS)
def test_equals_the_slow_version(keywords: list[list[str]], words: list[str]) -> None:
    text = " ".join(words)
    found = found_keywords(text, [" ".join(keyword) for keyword in keywords])
    for keyword, hit in found.items():
        assert hit == slow_mentioned(keyword, text)


@given(st.text(), st.lists(st.text(), max_size=4), st.booleans())
def test_any_text_gives_the_same_share_twice(text: str, keywords: list[str], aware: bool) -> None:
    reward = KeywordRecall(negation_aware=aware, max_words=50)
    first = score(reward, text, *keywords)
    assert first.value is None or 0.0 <= first.value <= 1.0
    assert first == score(reward, text, *keywords)


@given(st.text(max_size=30))
def test_a_text_mentions_itself(text: str) -> None:
    read = readable(text)
    assert read == "" or mentioned(read, read)
    assert readable(read) == read


def test_combining_marks_are_normalised_in_short_runs() -> None:
    run = "\u0301\u0323" * 50_000  # in this order normalising the run whole is quadratic
    assert len(readable("a" + run + "b")) <= 1 + 8 + 1
    assert unicodedata.is_normalized("NFKC", readable(run))


@pytest.mark.parametrize("text", ["category " * 100_000, "no dog " * 140_000, "猫" * 300_000])
def test_looks_at_a_bounded_number_of_places(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def count(before: str) -> bool:
        looks.append(before)
        return True

    monkeypatch.setattr("rewardkit.rewards.keywords.is_negated", count)
    found = found_keywords(text, [f"cat{index}" for index in range(98)] + ["dog", "猫"], True)
    assert not any(found.values())
    assert len(looks) <= MAX_LOOKS
    assert all(len(before) <= 60 for before in looks)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_words": 0}, "keyword-recall.max_words: expected at least 1, got 0"),
        ({"section": "x"}, "keyword-recall.template: expected the template of section 'x'"),
        ({"template": "pebr"}, "keyword-recall.section: expected one of description"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        KeywordRecall(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


def test_survives_pickle() -> None:
    reward = KeywordRecall(template="pebr", section="description", negation_aware=True)
    assert pickle.loads(pickle.dumps(reward)) == reward
