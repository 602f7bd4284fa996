"""Jigsaw: the puzzle is solved, the reply has the form, and few steps were needed.

Source: AGILE, https://arxiv.org/abs/2510.01304, yuzeng0-0/AGILE@c8c4ceb,
`verl/utils/reward_score/puzzle_agent_v2.py`. What differs: every block has to be right, of whatever
number (there any four of them do); steps beyond `max_steps` cost no more, so that solving late is
never worth less than not solving; the form is the template's.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.format import explain, strict_value
from rewardkit.rewards.numbers import check_number
from rewardkit.rewards.plain import check_plain
from rewardkit.templates import Template, load_template
from rewardkit.types import Rollout, Score, Verdict
from rewardkit.verifiers.geometry.jigsaw import JigsawMatch

_OPENING: Final = "<code>"
_CLOSING: Final = "</code>"
_JUDGE: Final = JigsawMatch()


def count_code_blocks(text: str) -> int:
    """How many complete `<code>…</code>` a text holds, none inside another; in linear time.

    >>> count_code_blocks("<code>a</code> <code>b</code> <code>c")
    2
    """
    count, place = 0, 0
    while (start := text.find(_OPENING, place)) >= 0:
        end = text.find(_CLOSING, start)
        if end < 0:
            break
        count, place = count + 1, end + len(_CLOSING)
    return count


class Jigsaw(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="jigsaw",
    forbid_unknown_fields=True,
):
    """Pay for a solved puzzle, for the form, and less for every step that it took.

    The value is accuracy_weight * solved + format_weight * form - step_cost * steps, where an
    unsolved puzzle costs `max_steps` steps: to be quick pays only when right.

    Args:
        template: Finds the answer, a JSON list of blocks, and says whether the reply has the form;
            a reply whose answer can't be read has not.
        accuracy_weight: What solving pays, at least 0.
        format_weight: What the form pays, at least 0.
        step_cost: What a step costs, at least 0.
        max_steps: Steps that an unsolved puzzle costs, and the most that a solved one does.
        steps_field: The rollout's further field that holds the number of steps. Without it, or with
            null there, the complete `<code>…</code>` blocks of all the assistant's messages count.

    Returns:
        A value from -step_cost * max_steps to accuracy_weight + format_weight, with its parts
        `accuracy` and `format` (0 or 1) and `steps` (what they cost). None where the reference
        can't be read, or the number of steps is none.

    Raises:
        ConfigError: When an option is out of range.

    >>> row = Rollout(
    ...     completion="<think>Swap.</think><answer>[1, 0]</answer>",
    ...     reference=[1, 0],
    ...     extra={"steps": 2},
    ... )
    >>> Jigsaw()([row])[0].reason
    '0.8*1 [accuracy] + 0.2*1 [format] - 0.05*2 [steps] = 0.9'
    """

    template: str | Template = "think-answer"
    accuracy_weight: float = 0.8
    format_weight: float = 0.2
    step_cost: float = 0.05
    max_steps: int = 5
    steps_field: str = "steps"

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        load_template(self.template)
        for name in ("accuracy_weight", "format_weight", "step_cost"):
            value = getattr(self, name)
            check_number(value, f"jigsaw.{name}")
            if not 0 <= value <= 1e6:
                raise ConfigError(f"jigsaw.{name}: expected a number in 0..1e6, got {value!r}")
        if not 0 <= self.max_steps <= 10_000:
            raise ConfigError(f"jigsaw.max_steps: expected 0 to 10000, got {self.max_steps!r}")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout."""
        return [self._score(rollout) for rollout in rollouts]

    def _score(self, rollout: Rollout) -> Score:
        parsed = load_template(self.template).parse(rollout.text, rollout.truncated)
        verdict = _JUDGE(parsed.answer.text, rollout.reference)
        status = parsed.answer.verdict_status
        if status is not None and verdict.value is not None:
            verdict = Verdict(status, None, verdict.reference, "template", parsed.answer.reason)
        accuracy = Score(verdict.value, f"{verdict.status}: {verdict.reason}")
        if verdict.value is None:
            return Score(None, f"accuracy not judged: {verdict.reason}", {"accuracy": accuracy})
        steps = self._steps(rollout)
        if steps is None:
            got = type(rollout.extra[self.steps_field]).__name__
            reason = f"{self.steps_field}: expected a whole number of 0 to 999999999, got {got}"
            return Score(None, reason, {"accuracy": accuracy, "steps": Score(None, reason)})
        readable = verdict.status in ("correct", "wrong")
        form = Score(
            strict_value(parsed) if readable else 0.0,
            explain(parsed) if readable or parsed.fault_count else verdict.reason,
        )
        return self._sum(accuracy, form, steps)

    def _sum(self, accuracy: Score, form: Score, steps: int) -> Score:
        solved = accuracy.value == 1.0
        counted = min(steps, self.max_steps) if solved else self.max_steps
        cost = self.step_cost * counted
        paid = self.accuracy_weight * solved + self.format_weight * (form.value or 0.0)
        value = paid - cost
        reason = (
            f"{self.accuracy_weight:g}*{int(solved)} [accuracy] + {self.format_weight:g}*"
            f"{form.value:g} [format] - {self.step_cost:g}*{counted} [steps] = {value:g}"
        )
        took = f"{steps} steps" if solved else f"not solved: {self.max_steps} steps"
        parts = {"accuracy": accuracy, "format": form, "steps": Score(0.0 - cost, took)}
        return Score(value, reason, parts)

    def _steps(self, rollout: Rollout) -> int | None:
        """How many steps a rollout took; None where its field holds no number of steps."""
        given = rollout.extra.get(self.steps_field)
        if given is not None:  # null counts as absent
            whole = isinstance(given, int) and not isinstance(given, bool)
            return given if whole and 0 <= given < 10**9 else None
        if isinstance(rollout.completion, str):
            return count_code_blocks(rollout.completion)
        said = (one.text for one in rollout.completion if one.role == "assistant")
        return sum(map(count_code_blocks, said))
