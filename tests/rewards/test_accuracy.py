"""The accuracy reward pays for the right answer in the right place."""

import copy
import pickle
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards.accuracy import Accuracy
from rewardkit.rewards.base import Reward
from rewardkit.templates import TEMPLATES, load_template
from rewardkit.types import Reference, Rollout, Verdict
from rewardkit.verifiers import Choice, Label, Number
from rewardkit.verifiers.base import Verifier

# reply, verdict, with the template think-answer, the task number and the reference 7
ROWS: dict[str, tuple[str, str]] = {
    "right": ("<think>3+4</think><answer>7</answer>", "correct"),
    "right over several lines": ("<think>3\n+4</think>\n<answer>\n7\n</answer>", "correct"),
    "number in the thoughts": ("<think>maybe 7</think><answer>5</answer>", "wrong"),
    "box in the thoughts": (r"<think>so \boxed{7}</think>", "no_answer"),
    "two answers": ("<answer>7</answer><answer>5</answer>", "ambiguous_answer"),
    "two answers, the other order": ("<answer>5</answer><answer>7</answer>", "ambiguous_answer"),
    "answer in the thoughts": ("<think><answer>7</answer></think>", "no_answer"),
    "empty thoughts": ("<think></think><answer>7</answer>", "correct"),
    "empty answer": ("<think>x</think><answer></answer>", "no_answer"),
    "blank answer": ("<think>x</think><answer> \n</answer>", "no_answer"),
    "trailing text": ("<think>x</think><answer>7</answer> trailing", "correct"),
    "marker in the answer": ("<answer><think>5</think>7</answer>", "unreadable_answer"),
    "other case": ("<THINK>x</THINK><answer>7</answer>", "correct"),
    "fenced": ("```\n<think>x</think><answer>7</answer>\n```", "correct"),
    "empty reply": ("", "no_answer"),
    "plain text": ("7", "no_answer"),
    "repeated instruction": (load_template("think-answer").instruction(), "no_answer"),
}


def _number(reply: str, reference: Reference = 7, truncated: bool = False) -> Rollout:
    return Rollout(completion=reply, reference=reference, task="number", truncated=truncated)


@pytest.mark.parametrize("row", ROWS)
def test_reply(row: str) -> None:
    reply, status = ROWS[row]
    for reference in (7, "7"):
        rollout = _number(reply, reference)
        verdict = Accuracy().verdicts([rollout])[0]
        assert verdict.status == status
        score = Accuracy()([rollout])[0]
        assert score.value == (status == "correct")
        assert score.reason == f"{status}: {verdict.reason}" and verdict.reason


def test_list_of_numbers_is_never_correct() -> None:
    for answer in ("5, 6 or 7", "7 or 5", "5 7", "7, 5"):
        rollout = _number(f"<think>x</think><answer>{answer}</answer>")
        assert Accuracy()([rollout])[0].value == 0, answer


# What the template think-answer cuts out, and the verdict by reference, task math
BESIDE: dict[str, tuple[str, dict[str, str]]] = {
    "box alone": (r"\boxed{5}", {"5": "correct", "7": "wrong"}),
    "box and unit": (r"$\boxed{5}$ apples", {"5": "correct"}),
    "box and squared unit": (r"\boxed{5} m^2", {"5": "correct"}),
    "box in a sentence": (r"The answer is $\boxed{5}$.", {"5": "correct"}),
    "the same twice": (r"5 = \boxed{5}", {"5": "correct"}),
    "the same announced": (r"\boxed{5}. The answer is 5", {"5": "correct"}),
    "value before the box": (r"7 \boxed{5}", {"5": "ambiguous_answer", "7": "wrong"}),
    "value after the box": (r"\boxed{5} or 7", {"5": "ambiguous_answer", "7": "wrong"}),
    "letter after the box": (r"\boxed{5} or x", {"5": "ambiguous_answer", "x": "wrong"}),
    "value announced": ("7. The answer is 5", {"5": "ambiguous_answer", "7": "wrong"}),
    "value before hashes": ("7 #### 5", {"5": "ambiguous_answer", "7": "wrong"}),
    "two announced": ("#### 7\n#### 5", {"5": "ambiguous_answer", "7": "wrong"}),
    "announced and boxed": (
        r"\boxed{5}, the answer is 7",
        {"5": "ambiguous_answer", "7": "wrong"},
    ),
}


@pytest.mark.parametrize("row", BESIDE)
def test_value_beside_the_box_is_hedging(row: str) -> None:
    answer, wanted = BESIDE[row]
    for reference, status in wanted.items():
        rollout = Rollout(completion=f"<answer>{answer}</answer>", reference=reference)
        assert Accuracy().verdicts([rollout])[0].status == status, reference


@pytest.mark.parametrize(
    ("template", "reply"),
    {
        "box inside a box": ("boxed", r"\boxed{5 \boxed{7}}"),
        "two on one line": ("gsm8k", "#### 5 #### 7"),
        "box and value": ("gsm8k", r"#### \boxed{7} 5"),
    }.values(),
)
def test_two_values_pay_for_neither(template: str, reply: str) -> None:
    rollouts = [Rollout(completion=reply, reference=reference) for reference in ("5", "7")]
    assert [score.value for score in Accuracy(template=template)(rollouts)] == [0, 0]


@pytest.mark.parametrize("reference", [None, "", "  ", [], {}, float("nan"), "seven apples?"])
@pytest.mark.parametrize("row", ROWS)
def test_reference_that_cannot_be_read_is_not_judged(row: str, reference: Reference) -> None:
    verdict = Accuracy().verdicts([_number(ROWS[row][0], reference)])[0]
    assert (verdict.status, verdict.value) == ("unreadable_reference", None)


def test_truncated_reply_earns_only_what_was_complete() -> None:
    complete = _number("<think>x</think><answer>7</answer>", truncated=True)
    cut = _number("<think>x</think><answer>7", truncated=True)
    assert [score.value for score in Accuracy()([complete, cut])] == [1, 0]


def test_each_rollout_has_its_own_task() -> None:
    rollouts = [
        _number("<answer>72.0</answer>", 72),
        Rollout(completion="<answer>B</answer>", reference="B", task="choice"),
        Rollout(
            completion="<answer>B</answer>", reference="cat", task="choice", choices=["a", "cat"]
        ),
        Rollout(completion="<answer>A dog.</answer>", reference="dog", task="label"),
        Rollout(completion="<answer>hotdog</answer>", reference="dog", task="label"),
        Rollout(completion="<answer>7</answer>", reference="7"),
    ]
    assert [score.value for score in Accuracy()(rollouts)] == [1, 1, 1, 1, 0, 1]


def test_one_task_may_be_set_for_all() -> None:
    rollout = Rollout(completion="<answer>B</answer>", reference="B", task="number")
    assert Accuracy(task="choice")([rollout])[0].value == 1


def test_unknown_task_in_the_data_is_not_judged_and_harms_no_other() -> None:
    unknown = Rollout(completion="<answer>7</answer>", reference="7", task="numbr")
    scores = Accuracy()([unknown, _number("<answer>7</answer>"), unknown])
    assert [score.value for score in scores] == [None, 1, None]
    for part in ("undecided", "'numbr'", "choice", "did you mean 'number'"):
        assert part in scores[0].reason


def test_options_are_checked() -> None:
    with pytest.raises(ConfigError, match=r"accuracy\.task: .*did you mean 'label'"):
        Accuracy(task="lable")
    with pytest.raises(ConfigError, match="did you mean 'boxed'"):
        Accuracy(template="boxd")


def test_configured_verifier_stands_in_for_the_default_one() -> None:
    reward = Accuracy(verifiers={"number": Number(absolute_tolerance=0.5)})
    assert reward([_number("<answer>7.4</answer>")])[0].value == 1
    assert Accuracy()([_number("<answer>7.4</answer>")])[0].value == 0


class _Counting(msgspec.Struct, frozen=True):
    """A verifier of a task of one's own that counts how often it is asked."""

    asked: list[str]

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        self.asked.append(answer)
        return Verdict("correct" if answer == reference else "wrong", answer, "", "same", "same")


def test_verifier_of_a_task_of_ones_own() -> None:
    verifier: Verifier = _Counting([])
    reward = Accuracy(task="mine", verifiers={"mine": verifier})
    assert reward([Rollout(completion="<answer>x</answer>", reference="x")])[0].value == 1


def test_answers_that_a_group_shares_are_judged_once() -> None:
    verifier = _Counting([])
    reward = Accuracy(verifiers={"math": verifier})
    group = [Rollout(completion=f"<answer>{n % 2}</answer>", reference="1") for n in range(8)]
    assert [score.value for score in reward(group)] == [0, 1] * 4
    assert verifier.asked == ["0", "1"]


def test_what_is_judged_once_is_kept_apart_by_everything_that_matters() -> None:
    replies = ["<answer>A</answer>", "<answer>B</answer>"]
    rollouts = [
        Rollout(completion=reply, reference=reference, task="choice", choices=choices)
        for reply in replies
        for reference in ("A", "cat", "dog")
        for choices in (["cat", "dog"], ["dog", "cat"])
    ]
    alone = [Accuracy().verdicts([rollout])[0] for rollout in rollouts]
    assert Accuracy().verdicts(rollouts) == alone
    assert {verdict.status for verdict in alone} == {"correct", "wrong"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_reference_in_the_template_scores_one(name: str) -> None:
    template = load_template(name)
    reply = {
        "boxed": r"So \boxed{7}.",
        "gsm8k": "3 + 4 = <<3+4=7>>7\nA: 7",
        "pebr": "### Image Description: a\n### Rationales: b\n### Step 1: c\n"
        "### The final answer is: 7",
    }.get(name) or "".join(f"{r.opening}{7}{r.closing}" for r in template.sections)
    assert template.parse(reply).well_formed
    assert Accuracy(template=name)([_number(reply)])[0].value == 1
    for nothing in ("", template.instruction(), "seven", "7 7"):
        assert Accuracy(template=name)([_number(nothing)])[0].value == 0


def test_reward_is_a_value() -> None:
    reward = Accuracy(template="boxed", task="label", verifiers={"choice": Choice()})
    assert isinstance(reward, Reward)
    assert pickle.loads(pickle.dumps(reward)) == copy.deepcopy(reward) == reward
    assert eval(repr(reward)) == reward
    assert Accuracy(task="label", verifiers={"label": Label()}) != Accuracy(task="label")


_PIECES = ["<think>", "</think>", "<answer>", "</answer>", "7", " or ", "\n", "\ud800", "A"]
replies = st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
tasks = st.sampled_from(["number", "choice", "label", "text", "nonsense"])
references = st.one_of(st.none(), st.text(max_size=5), st.integers(), st.floats(), st.just(["A"]))


@given(rows=st.lists(st.tuples(replies, references, tasks, st.booleans()), max_size=4))
def test_any_text_gives_a_verdict_alone_and_in_a_batch(
    rows: list[tuple[str, Reference, str, bool]],
) -> None:
    rollouts = [
        Rollout(completion=reply, reference=reference, task=task, truncated=cut)
        for reply, reference, task, cut in rows
    ]
    scores = Accuracy()(rollouts)
    assert scores == Accuracy()(rollouts)
    assert scores[::-1] == Accuracy()(rollouts[::-1])
    assert scores == [Accuracy()([rollout])[0] for rollout in rollouts]
    assert all(score.value in (0.0, 1.0, None) for score in scores)
