"""Each peer is asked in the form that its documentation shows."""

import sys
from types import ModuleType

import pytest
from pairs import Pair
from peers import (
    PEERS,
    Judge,
    Opinion,
    chosen,
    load_math_verify,
    load_math_verify_plain,
    load_mathruler,
    load_rewardkit,
    load_trl,
    load_trl_boxed,
)


def pair(answer: str, reference: str, task: str = "math") -> Pair:
    return Pair("a", reference, answer, None, task)


def test_ours_tells_not_judged_from_wrong() -> None:
    judge = load_rewardkit()
    assert judge(pair("7", "7")).accepted is True
    assert judge(pair("8", "7")).accepted is False
    assert judge(pair("8", "")).accepted is None
    assert judge(pair("(B)", "B", "choice")).accepted is True


@pytest.mark.parametrize("judge", [load_math_verify(), load_math_verify_plain()])
def test_math_verify_tells_an_unread_gold_from_wrong(judge: Judge) -> None:
    assert judge(pair("0.5", r"\frac{1}{2}")) == Opinion(True)
    assert judge(pair("8", "7")) == Opinion(False)
    assert judge(pair("", "7")) == Opinion(False, "answer not read")
    assert judge(pair("7", "")).accepted is None


def test_math_verify_reads_whole_replies_as_they_stand() -> None:
    reply = pair("First 3, then 4. The final answer is $7$. I hope it is correct.", "7")
    assert load_math_verify_plain()(reply).accepted is True


def test_mathruler_gets_what_a_box_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def grade_answer(answer: str, truth: str) -> bool:
        asked.append((answer, truth))
        return True

    grader = ModuleType("mathruler.grader")
    grader.__dict__.update(grade_answer=grade_answer, extract_boxed_content=lambda text: "inside")
    monkeypatch.setitem(sys.modules, "mathruler", ModuleType("mathruler"))
    monkeypatch.setitem(sys.modules, "mathruler.grader", grader)
    judge = load_mathruler()
    assert judge(pair("7", "8")).accepted is True
    assert judge(pair(r"so \boxed{7}", "8")).accepted is True
    assert asked == [("7", "8"), ("inside", "8")]


@pytest.mark.parametrize(("value", "accepted"), [(1.0, True), (0.0, False), (None, None)])
def test_trl_gets_the_answer_in_a_box(
    value: float | None, accepted: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def accuracy_reward(
        completions: list[list[dict[str, str]]], solution: list[str]
    ) -> list[float | None]:
        asked.append((completions[0][0]["content"], solution[0]))
        return [value]

    rewards = ModuleType("trl.rewards")
    rewards.__dict__["accuracy_reward"] = accuracy_reward
    monkeypatch.setitem(sys.modules, "trl", ModuleType("trl"))
    monkeypatch.setitem(sys.modules, "trl.rewards", rewards)
    assert load_trl()(pair("7", "8")).accepted is accepted
    assert load_trl_boxed()(pair("7", "8")).accepted is accepted
    assert asked == [(r"\boxed{7}", "8"), (r"\boxed{7}", r"\boxed{8}")]


def test_peers_are_chosen_by_name() -> None:
    assert chosen(" rewardkit,trl ,") == ["rewardkit", "trl"]
    with pytest.raises(SystemExit, match=r"expected of rewardkit, .*, got 'nobody'"):
        chosen("rewardkit,nobody")


def test_what_is_not_installed_says_how_to_get_it() -> None:
    assert PEERS["rewardkit"].installed
    assert not PEERS["trl"]._replace(modules=("no_such_module",)).installed
    for name in ("mathruler", "trl", "trl-boxed"):
        assert PEERS[name].install.startswith("pip install ")
