r"""The verifiers that are compared, each used as its own documentation shows it.

* `rewardkit`: `verify(answer, reference, task)`.
* `math-verify`: gold as `$\boxed{…}$`, answer as `\boxed{…}`, each through `parse` with its
  defaults, then `verify`. Its maintainers ask for LaTeX in a math environment or a box.
* `math-verify-plain`: the same with the answer as it stands, which suits whole replies better.
* `mathruler`: `grade_answer`, of a reply with a box `grade_answer(extract_boxed_content(…))`.
* `trl`: `accuracy_reward` of the boxed answer, with the solution as it stands in the data, as its
  docstring's example has it; its None (gold not read) is not judged.
* `trl-boxed`: the same with the solution boxed as well.

Source: https://github.com/huggingface/Math-Verify, https://github.com/hiyouga/MathRuler,
https://github.com/huggingface/trl.
"""

import importlib
import importlib.util
from collections.abc import Callable
from typing import NamedTuple, Protocol

from pairs import Pair, boxed


class Opinion(NamedTuple):
    """What a verifier says of a pair.

    Attributes:
        accepted: Whether the answer is right; None where it says nothing.
        note: Why, in its own words.
    """

    accepted: bool | None
    note: str = ""


Judge = Callable[[Pair], Opinion]


class _AccuracyReward(Protocol):
    def __call__(
        self, completions: list[list[dict[str, str]]], solution: list[str]
    ) -> list[float | None]: ...


class Peer(NamedTuple):
    """A verifier that can be asked.

    Attributes:
        load: Imports it and gives its judge.
        modules: What has to be importable.
        packages: Whose versions a report names.
        install: How to get it.
    """

    load: Callable[[], Judge]
    modules: tuple[str, ...]
    packages: tuple[str, ...]
    install: str

    @property
    def installed(self) -> bool:
        """Whether all that it needs is there; nothing is imported to find out."""
        return all(importlib.util.find_spec(module) is not None for module in self.modules)


def load_rewardkit() -> Judge:
    """Our own `verify`."""
    from rewardkit.verifiers import verify

    def judge(pair: Pair) -> Opinion:
        verdict = verify(pair.answer, pair.reference, pair.task)
        correct = None if verdict.value is None else verdict.correct
        return Opinion(correct, f"{verdict.status}, {verdict.rule}: {verdict.reason}")

    return judge


def _math_verify(form: Callable[[str], str]) -> Judge:
    from math_verify import parse, verify

    def judge(pair: Pair) -> Opinion:
        gold = parse(f"${boxed(pair.reference)}$")
        if not gold:
            return Opinion(None, "gold not read")
        answer = parse(form(pair.answer))
        return Opinion(bool(verify(gold, answer)), "" if answer else "answer not read")

    return judge


def load_math_verify() -> Judge:
    """math-verify with the answer in a box."""
    return _math_verify(boxed)


def load_math_verify_plain() -> Judge:
    """math-verify with the answer as it stands."""
    return _math_verify(str)


def load_mathruler() -> Judge:
    """The function `grade_answer` of mathruler."""
    grader = importlib.import_module("mathruler.grader")
    grade: Callable[[str, str], bool] = grader.grade_answer
    inside: Callable[[str], str] = grader.extract_boxed_content

    def judge(pair: Pair) -> Opinion:
        answer = inside(pair.answer) if r"\boxed" in pair.answer else pair.answer
        return Opinion(bool(grade(answer, pair.reference)))

    return judge


def _trl(form: Callable[[str], str]) -> Judge:
    reward: _AccuracyReward = importlib.import_module("trl.rewards").accuracy_reward

    def judge(pair: Pair) -> Opinion:
        completion = [{"role": "assistant", "content": boxed(pair.answer)}]
        (value,) = reward([completion], [form(pair.reference)])
        return Opinion(None, "gold not read") if value is None else Opinion(value > 0)

    return judge


def load_trl() -> Judge:
    """TRL's `accuracy_reward` with the solution as it stands."""
    return _trl(str)


def load_trl_boxed() -> Judge:
    """TRL's `accuracy_reward` with the solution in a box."""
    return _trl(boxed)


_MATH_VERIFY = (("math_verify",), ("math-verify", "latex2sympy2-extended", "sympy"), "")
_TRL = (("trl", "packaging"), ("trl",), "pip install --no-deps trl packaging")

PEERS: dict[str, Peer] = {
    "rewardkit": Peer(load_rewardkit, ("rewardkit",), ("rewardkit",), ""),
    "math-verify": Peer(load_math_verify, *_MATH_VERIFY),
    "math-verify-plain": Peer(load_math_verify_plain, *_MATH_VERIFY),
    "mathruler": Peer(
        load_mathruler,
        ("mathruler", "pylatexenc", "tqdm"),
        ("mathruler",),
        "pip install 'rewardkit[bench]'",
    ),
    "trl": Peer(load_trl, *_TRL),
    "trl-boxed": Peer(load_trl_boxed, *_TRL),
}
"""By the name that `--peers` takes."""


def chosen(names: str) -> list[str]:
    """Peers by their names, separated by commas.

    Raises:
        SystemExit: When there is no such peer.

    >>> chosen("rewardkit, trl")
    ['rewardkit', 'trl']
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in PEERS:
            raise SystemExit(f"--peers: expected of {', '.join(PEERS)}, got {name!r}")
    return wanted
