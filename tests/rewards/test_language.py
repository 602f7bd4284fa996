"""The language reward: real sentences, what is no prose, and hostile replies."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards.detector import LANGUAGES, SAME, load_detector
from rewardkit.rewards.language import MAX_PIECES, Language, language_share, script_share
from rewardkit.rewards.prose import MAX_RUN, MAX_TEXT, pieces_of, prose_of, sampled
from rewardkit.types import Rollout

SENTENCES = {
    "en": "So we first need to find how many apples there are in the basket. Then we add three.",
    "zh": "我们先来看这个问题。图中有三只猫、一只在桌子上、两只在地上。所以答案是三。",
    "de": "Zuerst berechnen wir die Anzahl der Äpfel im Korb. Dann addieren wir drei dazu.",
    "fr": "D'abord, nous devons trouver le nombre de pommes. Donc la réponse est celle-ci.",
    "es": "Primero calculamos cuántas manzanas hay en la cesta. Entonces la respuesta es esta.",
    "ja": "まず、かごの中のりんごの数を求めます。それから三つ足します。",
    "ko": "먼저 바구니에 있는 사과의 개수를 구해야 합니다. 그리고 세 개를 더합니다.",
    "ru": "Сначала найдём количество яблок в корзине. Затем прибавим ещё три яблока.",
    "ar": "أولاً نحسب عدد التفاحات في السلة. ثم نضيف ثلاث تفاحات أخرى.",
    "hi": "पहले हम टोकरी में सेबों की संख्या निकालते हैं। फिर तीन और जोड़ते हैं।",
    "th": "ก่อนอื่นเราต้องหาจำนวนแอปเปิ้ลในตะกร้า จากนั้นบวกเพิ่มอีกสามผล",
}


def value(reward: Language, text: str) -> float | None:
    return reward([Rollout(completion=text)])[0].value


@pytest.mark.parametrize("code", SENTENCES)
def test_a_reply_in_one_language_is_in_that_one_alone(code: str) -> None:
    for other in SENTENCES:
        assert value(Language(language=other), SENTENCES[code]) == float(other == code), other


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("short, unsure", "The answer is 72.", 1.0),
        ("unsure sentences among sure ones", "Total: 3 apples. " + SENTENCES["en"], 1.0),
        ("foreign sentence", "The dog is in the house. Der Hund ist in dem Haus.", 18 / 37),
        ("Chinese inside", "We need to find 三角形的面积 of this big triangle here", 33 / 39),
        ("maths", r"So we have $\alpha = \frac{x}{y}$ and hence \(z\) is the answer here.", 1.0),
        ("code", "```python\nfür = den_wert\n```\nThis prints the value of the number.", 1.0),
        ("numbers only", "42", 1.0),
        ("formula only", "$x^2$", 1.0),
        ("empty", "", 0.0),
        ("blank", " \n\t", 0.0),
        ("punctuation only", "!!! ...", 0.0),
    ],
)
def test_english_table(name: str, text: str, wanted: float) -> None:
    got = value(Language(language="en"), text)
    assert got == pytest.approx(wanted), name


def test_foreign_thoughts_do_not_hide_in_a_code_block() -> None:
    hidden = f"```\n{SENTENCES['zh']}\n```"
    assert value(Language(language="en"), hidden) == 0.0
    assert value(Language(script="Latin"), hidden) == 0.0


def test_only_the_section_is_measured() -> None:
    reply = f"<think>{SENTENCES['zh']}</think><answer>The cat is on the table here.</answer>"
    thinking = Language(language="zh", template="think-answer", section="think")
    answer = Language(language="zh", template="think-answer", section="answer")
    assert (value(thinking, reply), value(answer, reply)) == (1.0, 0.0)
    assert thinking([Rollout(completion="三")])[0].reason == "no section 'think'"


def test_fewer_candidates_decide_a_close_call() -> None:
    text = "Janet sells eggs"
    assert value(Language(language="en", among=["en", "zh"]), text) == 1.0
    assert load_detector(("en", "zh")).classify(text)[0] == "en"
    assert len(load_detector().rank(text)) > 100  # narrowing one leaves the shared one whole


@pytest.mark.parametrize(
    ("script", "text", "wanted"),
    [
        ("Latin", "abc déf", 1.0),
        ("Han", "图中有 cat", 0.5),
        ("Han+Hiragana+Katakana", "りんごと猫", 1.0),
        ("Cyrillic", "Ответ is", 5 / 7),
        ("Latin", "42", 1.0),
        ("Latin", "", 0.0),
    ],
)
def test_script_table(script: str, text: str, wanted: float) -> None:
    assert value(Language(script=script), text) == pytest.approx(wanted)


@given(st.text(st.characters(exclude_characters="`$\\<htw")))
def test_script_share_equals_a_count_of_single_letters(text: str) -> None:
    letters = [char for char in text if regex.match(r"\p{L}", char)]
    latin = [char for char in letters if regex.match(r"\p{Script=Latin}", char)]
    wanted = len(latin) / len(letters) if letters else None
    assert script_share(text, "Latin") == wanted


@given(st.text())
def test_any_text_gives_the_same_value_in_range_twice(text: str) -> None:
    for reward in (Language(language="en"), Language(script="Han")):
        first = value(reward, text)
        assert first is not None
        assert 0.0 <= first <= 1.0
        assert first == value(reward, text)


@given(st.text())
def test_pieces_hold_every_letter_of_the_prose(text: str) -> None:
    letters = regex.findall(r"\p{L}", text)
    held = regex.findall(r"\p{L}", " ".join(words for _, words, _ in pieces_of(text)))
    assert sorted(held) == sorted(letters)


HOSTILE = {
    name: (unit * 1_000_000)[:1_000_000]
    for name, unit in {
        "letters": "a",
        "short sentences": "a. ",
        "dollars": "$",
        "dollar words": "$a ",
        "display openings": r"\[",
        "inline openings": r"\(",
        "tags": "<a",
        "fences": "```x",
        "backticks": "`x\n",
        "marks": "e\u0301",
        "only marks": "\u0301\u0323",
        "Han": "图",
        "NULs": "\0",
        "surrogates": "\ud800",
        "addresses": "http://",
    }.items()
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_is_read_in_bounded_pieces(name: str) -> None:
    text = HOSTILE[name]
    share = language_share(text, "en")
    assert share is None or 0.0 <= share <= 1.0
    assert len(prose_of(text)) <= MAX_TEXT
    assert all(len(words) <= 4 * MAX_RUN for _, words, _ in pieces_of(prose_of(text)))


def test_a_long_reply_is_judged_over_its_whole_length() -> None:
    text = SENTENCES["en"] * 2000 + SENTENCES["zh"] * 2000
    assert len(sampled(text)) == MAX_TEXT
    assert len(list(pieces_of(prose_of(text)))) > MAX_PIECES
    got = value(Language(script="Latin"), text)
    assert got == pytest.approx(value(Language(script="Latin"), text[::7]), abs=0.05)


def test_threads_give_what_one_thread_gives() -> None:
    texts = list(SENTENCES.values()) * 4
    alone = [language_share(text, "en") for text in texts]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda text: language_share(text, "en"), texts)) == alone


def test_the_table_of_languages_is_the_detectors() -> None:
    known = {label for label, _ in load_detector().rank("x")}
    assert {code for code in known if len(code) == 2} == LANGUAGES
    assert frozenset().union(*SAME) <= known


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "language: expected one of the options language, script, got none"),
        ({"language": "en", "script": "Latin"}, "language: expected one of the options"),
        ({"language": "english"}, "language.language: expected an ISO 639-1 code"),
        ({"language": "en", "among": ["en", "xx"]}, "language.language: expected an ISO"),
        ({"language": "en", "among": ["de"]}, "language.among: expected 'en' in it, got de"),
        ({"script": "Latn+"}, "language.script: expected Unicode script names"),
        ({"script": "Elvish"}, "language.script: expected Unicode script names"),
        ({"script": "L}]|[a"}, "language.script: expected Unicode script names"),
        ({"language": "en", "section": "think"}, "language.template: expected the template of"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Language(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


def test_survives_pickle() -> None:
    reward = Language(language="en", among=["en", "zh"])
    assert pickle.loads(pickle.dumps(reward)) == reward
