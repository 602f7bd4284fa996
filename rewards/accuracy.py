"""Pay for the right answer: a template finds it, a verifier judges it."""

from collections.abc import Sequence

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.beside import other_value
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.walk import check_reward, nested, score_rows
from rewardkit.templates import Answer, Template, load_template
from rewardkit.types import Rollout, Score, Verdict
from rewardkit.verifiers import Math, default_verifier
from rewardkit.verifiers.base import Verifier

_MAX_REMEMBERED = 1_000
"""An answer with more characters is judged each time, so that a batch's memory stays small."""


def judge(verifier: Verifier, answer: Answer, rollout: Rollout) -> Verdict:
    """The verdict on what a template found in a reply.

    The reference is looked at even when there is no answer: a rollout that can't be judged is
    never worth 0. Of maths, an answer that holds another value beside its box is ambiguous.

    >>> from rewardkit.verifiers import Number
    >>> rollout = Rollout(completion="", reference=7, task="number")
    >>> judge(Number(), Answer("found", "7", 0, 1), rollout).status
    'correct'
    >>> judge(Number(), Answer("no_answer", reason="the answer section is missing"), rollout).status
    'no_answer'
    """
    verdict = verifier(answer.text, rollout.reference, rollout.choices)
    status = answer.verdict_status
    if status is not None and verdict.value is not None:
        return Verdict(status, None, verdict.reference, "template", answer.reason)
    if verdict.correct and isinstance(verifier, Math) and (other := other_value(answer.text)):
        reason = f"the answer section holds {other!r} beside {verdict.answer!r:.80}"
        return Verdict("ambiguous_answer", verdict.answer, verdict.reference, "template", reason)
    return verdict


def _check_fallback(fallback: object) -> None:
    """Refuse what is no reward, and what would look for sections in the answer alone."""
    check_reward(fallback, "accuracy.fallback")
    for one in nested(fallback):
        if getattr(one, "template", None) is not None:
            raise ConfigError(
                "accuracy.fallback: expected no template, for it is shown the answer alone; got one"
            )


class Accuracy(
    msgspec.Struct, frozen=True, tag_field="kind", tag="accuracy", forbid_unknown_fields=True
):
    """Pays 1 for the right answer in the right place, 0 otherwise, None where it can't be judged.

    Attributes:
        template: A shipped template's name, the path of a YAML file, or a template.
        task: The verifier for every rollout; None for each rollout's own `task`.
        verifiers: Verifiers with options, by task; they stand in for the ones with default options.
        fallback: A reward, such as a judge, for the rollouts whose verdict is `undecided` although
            their task is known and the template found an answer; it is shown that answer as the
            completion, so it has no template, and its values should be 0 to 1. None leaves them
            unjudged.

    Raises:
        ConfigError: When there is no such template or task.

    >>> reward = Accuracy(task="number")
    >>> reply = "<think>maybe 7</think><answer>5</answer>"
    >>> reward([Rollout(completion=reply, reference=7)])[0].value
    0.0
    >>> reward([Rollout(completion=reply, reference=None)])[0].value is None
    True
    """

    template: str | Template = "think-answer"
    task: str | None = None
    verifiers: dict[str, Verifier] = {}
    fallback: Reward | None = None

    def __post_init__(self) -> None:
        """Find out now, not in the middle of a run, that a name is wrong."""
        check_plain(self)
        load_template(self.template)
        for task, verifier in self.verifiers.items():
            if not callable(verifier):
                raise ConfigError(
                    f"accuracy.verifiers.{task}: expected a verifier, got {verifier!r:.60}"
                )
        if self.fallback is not None:
            _check_fallback(self.fallback)
        if self.task is not None:
            try:
                self._verifier(self.task)
            except ConfigError as error:
                raise ConfigError(f"accuracy.{error}") from error

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each reply's answer.

        Returns:
            1.0 or 0.0, None for an unreadable reference, an unknown task or a verifier's limits;
            the reason begins with the verdict's status. With `fallback` an undecided verdict has
            the fallback's value and reason behind its own.
        """
        verdicts = self.verdicts(rollouts)
        scores = [
            Score(verdict.value, f"{verdict.status}: {verdict.reason}") for verdict in verdicts
        ]
        if self.fallback is not None:
            self._fall_back(self.fallback, rollouts, verdicts, scores)
        return scores

    def _fall_back(
        self,
        fallback: Reward,
        rollouts: Sequence[Rollout],
        verdicts: Sequence[Verdict],
        scores: list[Score],
    ) -> None:
        """Put the fallback's scores in place of the undecided ones."""
        template = load_template(self.template)
        shown = list(rollouts)
        rows: list[int] = []
        for row, (rollout, verdict) in enumerate(zip(rollouts, verdicts, strict=True)):
            if verdict.status != "undecided" or verdict.rule == "task":
                continue  # a misspelt task is the data's fault, and not for the fallback to hide
            answer = template.parse(rollout.text, rollout.truncated).answer
            if answer.verdict_status is None:
                # What stands outside of the answer is never graded, here as little as elsewhere.
                shown[row] = msgspec.structs.replace(rollout, completion=answer.text)
                rows.append(row)
        for row, score in zip(rows, score_rows(fallback, shown, rows), strict=True):
            reason = f"{scores[row].reason}; fallback: {score.reason}"
            scores[row] = Score(score.value, reason)

    def verdicts(self, rollouts: Sequence[Rollout], /) -> list[Verdict]:
        """The verdict on each reply's answer, in their order.

        The rollouts of a question often give the same answer; one batch judges it once.
        """
        template = load_template(self.template)
        verifiers: dict[str, Verifier | Verdict] = {}
        remembered: dict[tuple[str, str, str, str, tuple[str, ...]], Verdict] = {}
        verdicts: list[Verdict] = []
        for rollout in rollouts:
            task = rollout.task if self.task is None else self.task
            if task not in verifiers:
                verifiers[task] = self._verifier_or_verdict(task)
            verifier = verifiers[task]
            if isinstance(verifier, Verdict):
                verdicts.append(verifier)
                continue
            answer = template.parse(rollout.text, rollout.truncated).answer
            reference = rollout.reference
            if not isinstance(reference, str) or len(answer.text) > _MAX_REMEMBERED:
                verdicts.append(judge(verifier, answer, rollout))
                continue
            key = (task, answer.text, answer.reason, reference, tuple(rollout.choices))
            verdict = remembered.get(key)
            if verdict is None:
                verdict = remembered[key] = judge(verifier, answer, rollout)
            verdicts.append(verdict)
        return verdicts

    def _verifier(self, task: str) -> Verifier:
        """The verifier for this task; ConfigError where there is none."""
        configured = self.verifiers.get(task)
        return default_verifier(task) if configured is None else configured

    def _verifier_or_verdict(self, task: str) -> Verifier | Verdict:
        """The verifier for a rollout's task; without one the verdict on all of that task."""
        try:
            return self._verifier(task)
        except ConfigError as error:
            # The task stands in the data: the rollout can't be judged, and the others still can.
            return Verdict("undecided", rule="task", reason=str(error))
