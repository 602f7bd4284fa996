"""Preference model: what a reward model of the sequence-classification kind says of a reply."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, get_args

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.options import EncoderOptions, check_options, check_packages
from rewardkit.rewards.judging.classifier_loading import check_checkpoint, checkpoint_digest
from rewardkit.rewards.numbers import check_choice, check_number
from rewardkit.types import Rollout, Score

if TYPE_CHECKING:
    from rewardkit.rewards.judging.preference_outcomes import Outcome

TooLong: TypeAlias = Literal["unjudged", "cut-prompt", "zero"]


class PreferenceModel(
    EncoderOptions,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="preference-model",
    forbid_unknown_fields=True,
):
    """The logit that a reward model gives the prompt and the reply, or a transformation of it.

    Any model of `AutoModelForSequenceClassification` that transformers itself has, with a chat
    template and weights in safetensors; no remote code is ever executed.

    Args:
        model: A folder, or an id on the hub.
        label: Which logit, from 0, of a model with several; None for a model with one.
        center: Taken off the logit first.
        scale: Then multiplied by this, more than 0.
        sigmoid: Then put through 1 / (1 + exp(-x)).
        max_length: Tokens of the longest conversation; None is what the model takes.
        too_long: A longer one is not judged (`unjudged`), loses the start of its prompt and never
            a part of its reply (`cut-prompt`), or is worth 0 if that is the reply's doing (`zero`,
            with `sigmoid` only).
        allow_remote_images: Whether images may be fetched by http and https.

    Returns:
        scale * (logit - center), any finite number; with `sigmoid` in [0, 1]. None for a
        conversation that is too long, that the chat template refuses, whose images can't be read,
        or that the model gives no finite logit.

    Raises:
        ConfigError: When an option is out of its range, the model can't be loaded, or its
            parameters are not exactly those of its class.

    >>> PreferenceModel(model="some/folder", scale=0)
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: preference-model.scale: expected more than 0, got 0
    """

    uses_models: ClassVar[bool] = True

    model: str
    label: int | None = None
    center: float = 0.0
    scale: float = 1.0
    sigmoid: bool = False
    max_length: int | None = None
    too_long: TooLong = "unjudged"
    allow_remote_images: bool = False

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_options(self)
        kind = "preference-model"
        if not self.model.strip():
            raise ConfigError(f"{kind}.model: expected a folder or a hub id, got {self.model!r}")
        check_number(self.center, f"{kind}.center")
        check_number(self.scale, f"{kind}.scale")
        if self.scale <= 0:
            raise ConfigError(f"{kind}.scale: expected more than 0, got {self.scale!r}")
        if self.label is not None and not 0 <= self.label <= 1_000_000:
            raise ConfigError(f"{kind}.label: expected a logit's number from 0, got {self.label!r}")
        if self.max_length is not None and self.max_length < 1:
            raise ConfigError(f"{kind}.max_length: expected at least 1, got {self.max_length!r}")
        check_choice(self.too_long, get_args(TooLong), f"{kind}.too_long")
        if self.too_long == "zero" and not self.sigmoid:
            raise ConfigError(
                f"{kind}.too_long: expected 'zero' with sigmoid alone: 0 is not the least logit"
            )

    def check(self) -> None:
        """Refuse a missing extra or an unfit folder before any work; imports nothing heavy.

        Raises:
            ConfigError: Naming what is missing.
        """
        try:
            check_packages("torch", "transformers", "safetensors")
        except ConfigError as error:
            raise ConfigError(str(error).replace("encoder", "preference-model", 1)) from None
        check_checkpoint(self.model)

    def digest(self) -> str:
        """What stands in a local checkpoint, as hexadecimal digits; a hub id stands for itself."""
        return checkpoint_digest(self.model)

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; equal conversations are computed once."""
        if not rollouts:
            return []
        self.check()
        # torch and transformers are imported here: the core does without.
        from rewardkit.rewards.judging.preference_outcomes import Plan
        from rewardkit.rewards.judging.preference_plans import Planner
        from rewardkit.rewards.judging.shared_scorers import shared_scorer

        scorer = shared_scorer(self.model, self)
        label = self._label(scorer.classifier.labels)
        planner = Planner(
            scorer.classifier, self.allow_remote_images, self.too_long == "cut-prompt"
        )
        plans = [planner.plan(rollout) for rollout in rollouts]
        asked = [plan for plan in plans if isinstance(plan, Plan)]
        read = scorer.read(asked, self.max_length, self.batch_size, self.threads, self.cache_mb)
        found = iter(read)
        return [
            self._score(next(found) if isinstance(plan, Plan) else plan, label) for plan in plans
        ]

    def _label(self, labels: int) -> int:
        """Which logit; ConfigError where the model has no such one."""
        if self.label is None and labels != 1:
            raise ConfigError(
                f"preference-model.label: expected 0 to {labels - 1}, for the model has {labels} "
                "logits, got none"
            )
        label = self.label or 0
        if label >= labels:
            raise ConfigError(f"preference-model.label: expected 0 to {labels - 1}, got {label}")
        return label

    def _score(self, outcome: "Outcome", label: int) -> Score:
        if isinstance(outcome, str):
            return Score(None, outcome)
        from rewardkit.rewards.judging.preference_outcomes import Overlong

        if isinstance(outcome, Overlong):
            value = 0.0 if self.too_long == "zero" and outcome.by_reply else None
            return Score(value, f"too long: {outcome.reason}")
        logit = outcome.logits[label]
        if not math.isfinite(logit):
            return Score(None, f"the model gave the logit {logit}, which is no finite number")
        shaped = self.scale * (logit - self.center)
        if not math.isfinite(shaped):
            return Score(None, f"the logit {logit} is too large for center and scale")
        reason = f"logit {logit:.4g}, {outcome.tokens} tokens"
        if outcome.dropped:
            reason += f", without the first {outcome.dropped} characters of the prompt"
        return Score(sigmoid(shaped) if self.sigmoid else shaped + 0.0, reason)


def sigmoid(value: float) -> float:
    """1 / (1 + exp(-value)) for any finite number.

    Returns:
        A number in [0, 1].

    >>> sigmoid(0.0), sigmoid(-1000.0), sigmoid(1000.0)
    (0.5, 0.0, 1.0)
    """
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    small = math.exp(value)
    return small / (1.0 + small)
