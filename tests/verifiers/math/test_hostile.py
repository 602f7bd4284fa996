"""Answers that want to hang, to eat the memory, to run code or to take the worker with them."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from rewardkit.verifiers.math import Math, symbolic
from rewardkit.verifiers.math.symbolic_job import STAGE_ANSWER, STAGE_REFERENCE
from rewardkit.worker_process import Outcome

LIMIT_S = 0.5
MARK = "written_by_an_answer"

HOSTILE = {
    "power tower": "9^{9^{9}}",
    "tower in plain text": "9**9**9**9",
    "power of ten": "10^{10^{10}}",
    "difference of powers": "10^{10^{10}}-10^{10^{10}}+7",
    "large factorial": "10^9!",
    "triple factorial": "100!!!",
    "factorials of a variable": "x" + "!" * 2000,
    "long sum": r"\sum_{k=1}^{10^9}\frac1k",
    "long product": r"\prod_{k=1}^{10^8}(1+\frac{1}{k^2})",
    "brackets": "(" * 500 + "1" + ")" * 500,
    "open brackets": "[(" * 9000,
    "variable tower": "x^{" * 58 + "x" + "}" * 58,
    "variable tower without braces": "2" + "^x" * 1900,
    "exponential tower": "e^{" * 58 + "x" + "}" * 58,
    "many terms": "+".join(f"x_{n}" for n in range(20_000)),
    "high power of a sum": "(x+y+z+w+1)^{9000}",
    "300-digit power": "9" * 300 + "^{" + "7" * 300 + "}",
    "small exponent tower": "2^{" * 9 + "0.5" + "}" * 9,
    "integral": r"\int \frac{\sin x^{x^2+1}}{\ln(x+\cos x^3)} dx",
    "definite integral": r"\int_0^1 \sin(x^{x^{x}})\cos(e^{x^5}) dx",
    "limit": r"\lim_{x\to 0}\frac{\sin^{20}x^{20}}{x^{400}}",
    "million digits": "7" * 1_000_000,
    "million-digit exponent": "2^{" + "9" * 10_000 + "}",
    "nested roots": r"\sqrt{" * 58 + "2" + "}" * 58,
    "roots without braces": r"\sqrt" * 2000 + "2",
    "nested fractions": r"\frac{1}{" * 58 + "x" + "}" * 58,
    "nested logarithms": r"\log_{2}(" * 50 + "3" + ")" * 50,
    "binomial": r"\binom{10^{9}}{10^{8}}",
    "gamma": r"\Gamma(10^8)",
    "sine of a large number": r"\sin(10^{30000})",
    "imaginary tower": r"i^{i^{i^{i^{i}}}}",
    "set of roots": r"\{" + ",".join(f"\\sqrt{{{n}}}" for n in range(900)) + r"\}",
    "set of letters": ",".join("abcdefgh" * 200),
    "plus-minus signs": ",".join([r"\pm\sqrt{2}"] * 1500),
    "bars": "|x" * 1500,
    "equals signs": "1" + "=1" * 1500,
    "import": f"__import__('os').system('touch {MARK}')",
    "open": f"open('{MARK}','w')",
    "lambda": f"(lambda: open('{MARK}','w'))()",
    "code in a command": rf"\operatorname{{open}}('{MARK}','w').write(1)",
    "class of a number": "().__class__.__bases__[0].__subclasses__()",
    "format strings": "{0.__class__.__init__.__globals__} %s %n",
    "file": r"\input{/etc/passwd}",
    "lone surrogate": "\ud800\udfff\ud800",
    "zero bytes": "\x00" * 1000,
    "combining marks": "a" + "\u0301" * 10_000,
    "right to left": "\u202e\\sqrt{2}",
}  # fmt: skip


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_answer_is_wrong_in_time_and_runs_nothing(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a worker that starts now would write here
    verifier = Math(timeout_s=LIMIT_S)
    started = time.monotonic()
    verdict = verifier(answer, r"\sin 3+\sqrt{2}x")
    # three limits: the slack is for starting a worker on a busy machine
    assert time.monotonic() - started < LIMIT_S + 20
    assert verdict.value == 0.0, verdict
    assert not list(tmp_path.iterdir())


def test_the_next_rows_are_untouched_and_the_memory_is_bounded() -> None:
    verifier = Math(timeout_s=LIMIT_S)
    for answer in ("9**9**9", r"\sum_{k=1}^{10^9}\frac1k", "x" + "!" * 2000):
        assert verifier(answer, r"\sqrt{2}").value == 0.0
        assert verifier(r"\sqrt{8}/2", r"\sqrt{2}").correct
    pids = symbolic._pool(verifier.memory_mb).pids
    assert pids
    assert all(psutil.Process(pid).memory_info().rss < 300 << 20 for pid in pids)


def test_hostile_answers_among_ten_thousand_rows_change_no_other_verdict() -> None:
    rows = [(f"{n}/6", f"{n + n % 2}/6", n % 2 == 0) for n in range(10_000)]
    rows[100::1000] = [(r"\sqrt{8}", r"2\sqrt{2}", True)] * 10
    rows[150::1000] = [(r"\cos 2t", r"1-2\cos^2 t", False)] * 10
    places = range(120, 10_000, 10_000 // len(HOSTILE) - 1)
    for place, answer in zip(places, HOSTILE.values(), strict=False):
        rows.insert(place, (answer, r"\sin 3+\sqrt{2}x", False))
    verifier = Math(timeout_s=LIMIT_S)
    started = time.monotonic()
    verdicts = [verifier(answer, reference) for answer, reference, _ in rows]
    assert time.monotonic() - started < len(HOSTILE) * (LIMIT_S + 1) + 30
    assert [verdict.value for verdict in verdicts] == [float(right) for *_, right in rows]


def test_a_worker_that_got_no_processor_is_not_the_answer_s_fault() -> None:
    verifier = Math(timeout_s=LIMIT_S)
    pairs = [(rf"\sin^2 {n}t", rf"1-\cos^2 {n}t") for n in range(1, 10)]
    assert verifier(*pairs.pop()).correct
    pids = symbolic._pool(verifier.memory_mb).pids
    for pid in pids:
        psutil.Process(pid).suspend()
    verdicts = [verifier(answer, reference) for answer, reference in pairs]
    lost = [verdict for verdict in verdicts if not verdict.correct]
    assert 1 <= len(lost) <= len(pids)
    assert {(verdict.status, verdict.value) for verdict in lost} == {("undecided", None)}


def test_a_reference_that_hangs_is_given_up_after_two_tries() -> None:
    reference = r"\sum_{k=1}^{10^9}\frac{1}{k^{x+2}}"
    verifier = Math(timeout_s=LIMIT_S)
    verdicts = [verifier(rf"\sqrt{{{n}}}", reference) for n in range(2, 12)]
    assert {verdict.status for verdict in verdicts} == {"unreadable_reference"}
    assert ["given up" in verdict.reason for verdict in verdicts] == [False] * 2 + [True] * 8


BLAME = {
    "reference not read in time": (Outcome("timeout"), "unreadable_reference"),
    "reference too large": (Outcome("memory"), "unreadable_reference"),
    "sympy fails on the reference": (Outcome("failed", b"E"), "unreadable_reference"),
    "answer not read in time": (Outcome("timeout", b"", STAGE_REFERENCE, 0.1), "answer_too_hard"),
    "not compared in time": (Outcome("timeout", b"", STAGE_ANSWER, 0.1), "answer_too_hard"),
    "answer too large": (Outcome("memory", b"", STAGE_REFERENCE, 0.1), "answer_too_hard"),
    "answer too large, slow reference": (
        Outcome("memory", b"", STAGE_ANSWER, 0.9),
        "answer_too_hard",
    ),
    "reference took most of the time": (Outcome("timeout", b"", STAGE_ANSWER, 0.6), "undecided"),
    "no processor for the reference": (Outcome("starved"), "undecided"),
    "no processor": (Outcome("starved", b"", STAGE_ANSWER, 0.1), "undecided"),
    "sympy fails on the answer": (Outcome("failed", b"E", STAGE_ANSWER), "unreadable_answer"),
    "worker lost": (Outcome("died", b"", STAGE_ANSWER, 0.1), "undecided"),
}


@pytest.mark.parametrize(("outcome", "status"), BLAME.values(), ids=BLAME.keys())
def test_who_is_to_blame(outcome: Outcome, status: str) -> None:
    assert symbolic._verdict("a", "r", outcome, 1.0, 512).status == status


def test_a_hard_reference_is_not_the_answer_s_fault() -> None:
    verdict = Math(timeout_s=LIMIT_S)(r"\sqrt{7}", r"\sum_{k=1}^{10^9}\frac{1}{k^x}")
    assert verdict.status == "unreadable_reference"
    assert verdict.value is None


SCRIPT = """
import multiprocessing, sys
from rewardkit.verifiers.math import Math

PAIRS = [
    (r"\\sqrt{8}", r"2\\sqrt{2}"), (r"\\sum_{k=1}^{10^9}\\frac1k", r"\\sqrt{2}"), (r"\\cos 2t",
    r"1-2\\sin^2 t"),
]

def judge(pair):
    return Math(timeout_s=1.0)(*pair).status

if __name__ == "__main__":
    method = sys.argv[1]
    if method == "fork":
        judge(PAIRS[0])  # workers of the parent must not be shared
    with multiprocessing.get_context(method).Pool(2) as pool:  # its processes are daemonic
        print(*pool.map(judge, PAIRS * 2))
    print(judge(PAIRS[2]))
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_it_works_in_daemonic_processes(tmp_path: Path, method: str) -> None:
    path = tmp_path / "script.py"
    path.write_text(textwrap.dedent(SCRIPT))
    result = subprocess.run(
        [sys.executable, str(path), method], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.stderr == ""
    assert result.stdout.split() == ["correct", "answer_too_hard", "correct"] * 2 + ["correct"]


def test_a_script_without_a_main_guard_works(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(
        "from rewardkit.verifiers.math import Math\n"
        "print(Math()(r'\\cos 2t', r'1-2\\sin^2 t').status)\n"
    )
    result = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.stdout.strip(), result.stderr) == ("correct", "")
