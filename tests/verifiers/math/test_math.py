"""`Math` as its callers see it: both tiers, options, odd inputs, cache, threads."""

import asyncio
import math
import os
import pickle
import random
import signal
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.types import NOT_JUDGED, Reference
from rewardkit.verifiers.math import Math, symbolic

PAIRS = [
    ("7", "7", "correct"),
    ("8", "7", "wrong"),
    ("0.5", r"\frac{1}{2}", "correct"),
    (r"2+\sqrt{3}", r"\sqrt{7+4\sqrt{3}}", "correct"),
    (r"2-\sqrt{3}", r"\sqrt{7+4\sqrt{3}}", "wrong"),
    (r"\cos 2t", r"1-2\sin^2 t", "correct"),
    (r"\cos 3t", r"1-2\sin^2 t", "wrong"),
    (r"\heartsuit", r"\cos t", "unreadable_answer"),
    ("9^{9^{9}}", r"\cos t", "answer_too_hard"),
    ("3", r"\heartsuit(3)", "unreadable_reference"),
    (r"So I get \boxed{\tan t}.", r"\frac{\sin t}{\cos t}", "correct"),
]


@pytest.mark.parametrize(("answer", "reference", "status"), PAIRS)
def test_verdicts(answer: str, reference: str, status: str) -> None:
    verdict = Math()(answer, reference)
    assert verdict.status == status
    assert verdict.rule
    assert verdict.reason


@pytest.mark.parametrize(
    ("answer", "reference", "status"),
    [
        pytest.param("", "7", "no_answer", id="empty"),
        pytest.param(" \n\t", "7", "no_answer", id="blank"),
        pytest.param("7", "", "unreadable_reference", id="empty reference"),
        pytest.param("", "", "unreadable_reference", id="both empty"),
        pytest.param("7", None, "unreadable_reference", id="no reference"),
        pytest.param("1", True, "unreadable_reference", id="bool"),
        pytest.param("7", math.nan, "unreadable_reference", id="nan"),
        pytest.param("7", math.inf, "unreadable_reference", id="inf"),
        pytest.param("7", ["7"], "unreadable_reference", id="list"),
        pytest.param("7", {"value": 7}, "unreadable_reference", id="object"),
        pytest.param("7", 7, "correct", id="int"),
        pytest.param("7", 7.0, "correct", id="float"),
        pytest.param("2.5", 2.5, "correct", id="fraction as float"),
        pytest.param("7", 10**5000, "unreadable_reference", id="int of 5,000 digits"),
        pytest.param("(" * 1_000_000, "7", "answer_too_hard", id="a megabyte"),
        pytest.param("7", "(" * 1_000_000, "unreadable_reference", id="a megabyte of reference"),
    ],
)
def test_odd_inputs(answer: str, reference: Reference, status: str) -> None:
    assert Math()(answer, reference).status == status


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timeout_s", 0.0),
        ("timeout_s", math.nan),
        ("timeout_s", -1.0),
        ("memory_mb", 8),
        ("figures", 0),
    ],
)
def test_options_out_of_range_are_refused(field: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"math.{field}: expected .*, got {value!r}"):
        msgspec.structs.replace(Math(), **{field: value})


def test_fewer_figures_can_be_asked_for() -> None:
    assert Math()("1.932", r"\sin\frac{5\pi}{12}\cdot 2").status == "wrong"
    assert Math(figures=4)("1.932", r"\sin\frac{5\pi}{12}\cdot 2").status == "correct"


def test_it_is_a_value() -> None:
    verifier = Math(timeout_s=2.0)
    assert pickle.loads(pickle.dumps(verifier)) == verifier
    assert msgspec.json.decode(msgspec.json.encode(verifier), type=Math) == verifier
    assert repr(verifier).startswith("Math(timeout_s=2.0")


def _all(order: list[int]) -> dict[int, str]:
    verifier = Math()
    return {n: repr(verifier(PAIRS[n][0], PAIRS[n][1])) for n in order}


def test_neither_order_nor_cache_nor_threads_change_a_verdict() -> None:
    symbolic.clear_cache()
    cold = _all(list(range(len(PAIRS))))
    assert _all(list(range(len(PAIRS)))) == cold
    symbolic.clear_cache()
    order = list(range(len(PAIRS)))
    random.Random(7).shuffle(order)
    assert _all(order) == cold
    symbolic.clear_cache()
    with ThreadPoolExecutor(4) as threads:
        for result in threads.map(_all, [order] * 4):
            assert result == cold


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbolic, "CACHE_SIZE", 3)
    symbolic.clear_cache()
    for n in range(2, 8):
        symbolic.judge(f"\\sqrt{{{n}}}", "\\sin 1", 5.0, 1024)
    assert len(symbolic._cache) == 3


def test_it_works_from_asyncio() -> None:
    async def judge() -> str:
        verdict = await asyncio.to_thread(Math(), r"2+\sqrt{3}", r"\sqrt{7+4\sqrt{3}}")
        return verdict.status

    assert asyncio.run(judge()) == "correct"


def test_a_worker_killed_by_hand_costs_nothing() -> None:
    symbolic.clear_cache()
    assert symbolic.judge(r"\sqrt{8}", r"2\sqrt{2}", 5.0, 1024).correct
    for pid in symbolic._pool(1024).pids:
        os.kill(pid, signal.SIGKILL)
    assert symbolic.judge(r"\sqrt{18}", r"3\sqrt{2}", 5.0, 1024).correct


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_judged_and_twice_the_same(answer: str, reference: str) -> None:
    verdict = Math(timeout_s=2.0)(answer, reference)
    assert verdict == Math(timeout_s=2.0)(answer, reference)
    assert (verdict.value is None) == (verdict.status in NOT_JUDGED)
