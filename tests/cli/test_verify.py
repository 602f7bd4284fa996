"""`rewardkit verify`: a verdict, its reason, and an exit code for scripts."""

import json
import subprocess
from collections.abc import Callable

import pytest

Rewardkit = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("args", "code", "status"),
    [
        ((r"\frac{6}{8}", "3/4"), 0, "correct"),
        (("-5", "5"), 1, "wrong"),
        (("-5", "-5.0"), 0, "correct"),
        (("", "5"), 1, "no_answer"),
        (("5", ""), 1, "unreadable_reference"),
        (("A or B", "A", "--task", "choice"), 1, "ambiguous_answer"),
        (("cat", "B", "--task", "choice", "--choice", "dog", "--choice", "cat"), 0, "correct"),
        (("<think>7</think><answer>5</answer>", "7", "--template", "think-answer"), 1, "wrong"),
    ],
)
def test_verdict_and_exit_code(
    rewardkit: Rewardkit, args: tuple[str, ...], code: int, status: str
) -> None:
    result = rewardkit("verify", *args, "--json")

    assert result.returncode == code, result.stderr
    assert json.loads(result.stdout)["status"] == status


def test_for_a_person(rewardkit: Rewardkit) -> None:
    result = rewardkit("verify", "6/8", "[3/4")

    assert result.stdout.splitlines()[0].split()[0] == "status"
    assert "[3/4" in result.stdout  # no markup is read from an answer
    assert "\x1b" not in result.stdout


def test_answer_from_standard_input(rewardkit: Rewardkit) -> None:
    result = rewardkit("verify", "-", "5", "--quiet", stdin="5\n")

    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("5",), "Missing argument 'reference'"),
        (("5", "5", "--task", "maths"), "did you mean 'math'"),
        (("5", "5", "--template", "think-anwser"), "think-answer"),
    ],
)
def test_wrong_use_is_one_clear_line(
    rewardkit: Rewardkit, args: tuple[str, ...], message: str
) -> None:
    result = rewardkit("verify", *args)

    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("rewardkit: error: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_debug_shows_where(rewardkit: Rewardkit) -> None:
    result = rewardkit("verify", "5", "5", "--task", "maths", "--debug")

    assert "Traceback" in result.stderr
    assert result.returncode == 1
