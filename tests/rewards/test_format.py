"""The format reward pays for form alone."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.format import Format, explain
from rewardkit.templates import TEMPLATES, Template, load_template
from rewardkit.types import Message, Rollout, Score

GOOD = "<think>3+4</think><answer>7</answer>"

# reply, all or nothing, graded
ROWS: dict[str, tuple[str, float, float]] = {
    "well-formed": (GOOD, 1, 1),
    "over several lines": ("<think>3\n+\n4</think>\n<answer>\n7\n</answer>\n", 1, 1),
    "wrong answer, right form": ("<think>maybe 7</think><answer>5</answer>", 1, 1),
    "thoughts alone": (r"<think>so \boxed{7}</think>", 0, 0.5),
    "two answers": ("<answer>7</answer><answer>5</answer>", 0, 0),
    "two answers after thoughts": (GOOD + "<answer>5</answer>", 0, 0.5),
    "answer in the thoughts": ("<think><answer>7</answer></think>", 0, 0),
    "empty thoughts": ("<think></think><answer>7</answer>", 0, 0.5),
    "invisible thoughts": ("<think>\u200b\u2800</think><answer>7</answer>", 0, 0.5),
    "empty answer": ("<think>x</think><answer></answer>", 0, 0.5),
    "trailing text": (GOOD + " trailing", 0, 0.5),
    "answer first": ("<answer>7</answer><think>x</think>", 0, 0.5),
    "stray marker": (GOOD + "</answer>", 0, 0.5),
    "everything twice": (GOOD + GOOD, 0, 0),
    "empty reply": ("", 0, 0),
    "plain text": ("The answer is 7.", 0, 0),
    "markers alone": ("<think></think><answer></answer>", 0, 0),
    "the prompt's own layout": (
        load_template("think-answer").instruction().partition(":\n")[2],
        0,
        0,
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_reply(row: str) -> None:
    reply, strict, graded = ROWS[row]
    rollout = Rollout(completion=reply)
    assert [score.value for score in Format()([rollout])] == [strict]
    assert [score.value for score in Format(graded=True)([rollout])] == [graded]


def test_truncated_reply_has_no_form() -> None:
    rollout = Rollout(completion=GOOD, truncated=True)
    assert Format()([rollout])[0] == Score(0.0, "cut at the token limit (at 36-36)")
    assert Format(graded=True)([rollout])[0].value == 0.5


def test_chat_messages_are_read_as_their_last_reply() -> None:
    messages = [Message("assistant", "7"), Message("user", "Again."), Message("assistant", GOOD)]
    assert Format()([Rollout(completion=messages)])[0] == Score(1.0, "well-formed")


def test_reason_names_the_first_faults_and_counts_the_rest() -> None:
    parsed = load_template("think-answer").parse("</think>" * 30)
    assert explain(parsed).startswith("think: closed but not open (at 0-8); ")
    assert explain(parsed).endswith("; and 29 more")
    assert parsed.fault_count == 32 and len(parsed.faults) == 20


def test_options_are_checked() -> None:
    with pytest.raises(ConfigError, match="did you mean 'pebr'"):
        Format(template="pbr")


def test_reward_is_a_value() -> None:
    reward = Format(template=load_template({"base": "boxed", "text_outside": True}), graded=True)
    assert isinstance(reward, Reward)
    assert pickle.loads(pickle.dumps(reward)) == copy.deepcopy(reward) == reward
    assert hash(reward) == hash(copy.copy(reward))
    assert repr(Format()) == "Format(template='think-answer', graded=False)"


def test_optional_sections_alone_are_all_asked_for() -> None:
    spec = {"name": "t", "sections": [{"name": "answer", "optional": True}]}
    reward = Format(template=load_template(spec), graded=True)
    values = [score.value for score in reward([Rollout(completion="<answer>7</answer>")])]
    assert values == [1.0]


_PIECES = ["<think>", "</think>", "<answer>", "</answer>", "7", " ", "\n", "\ud800", "### Step 1:"]
replies = st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=15).map("".join))


@given(texts=st.lists(replies, max_size=4), name=st.sampled_from(list(TEMPLATES)))
def test_any_text_scores_in_range_alone_and_in_a_batch(texts: list[str], name: str) -> None:
    rollouts = [Rollout(completion=text) for text in texts]
    strict, graded = Format(template=name)(rollouts), Format(template=name, graded=True)(rollouts)
    assert graded == [Format(template=name, graded=True)([rollout])[0] for rollout in rollouts]
    assert graded[::-1] == Format(template=name, graded=True)(rollouts[::-1])
    for one, share in zip(strict, graded, strict=True):
        assert one.value is not None and share.value is not None
        assert 0 <= one.value <= share.value <= 1
        assert (share.value == 1) is (one.value == 1)


@given(stuffing=replies, before=st.booleans())
def test_stuffing_a_flawless_reply_never_pays(stuffing: str, before: bool) -> None:
    reply = stuffing + GOOD if before else GOOD + stuffing
    value = Format(graded=True)([Rollout(completion=reply)])[0].value
    assert value is not None
    assert value <= 0.5 or (value == 1 and not stuffing.strip())


def test_template_in_yaml_or_python_is_the_same() -> None:
    template = load_template("think-answer")
    assert isinstance(template, Template)
    rollouts = [Rollout(completion=row[0]) for row in ROWS.values()]
    assert Format(template=template)(rollouts) == Format(template="think-answer")(rollouts)
