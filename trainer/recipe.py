"""A recipe as values: which model, which data, and the stages that one goes through.

Field names are those of a recipe file; `reading` makes these values of one. What a stage hands to
TRL stands in its `options`, untouched.
"""

from typing import Any, Literal, TypeAlias

import msgspec

from rewardkit.analysis.sampling import Bounds
from rewardkit.generation.filters import Filters
from rewardkit.generation.options import Count, Generation, Model, Share, Size
from rewardkit.generation.questions import Source
from rewardkit.generation.split import Data
from rewardkit.rewards.base import Reward
from rewardkit.templates import Template


class Warmup(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="warmup"):
    """Supervised fine-tuning on replies in the template, the loss on the reply alone.

    Attributes:
        data: Files or data sets with `completion`, or in LLaVA-CoT's or Mulberry's form; None: the
            recipe's.
        source: `STAGE.LEVEL` of an earlier sampling, in the file `from`.
        min_image_side: In pixels; rows with a smaller image are left out.
        forbidden: Rows whose reply has one of these phrases, any case, are left out.
        format_valid_only: Rows whose reply breaks the template are left out.
        freeze: What stays as it is in this stage; None: the model's.
        options: Of TRL's `SFTConfig`.
    """

    data: list[Source] | None = None
    source: str | None = msgspec.field(default=None, name="from")
    min_image_side: Size = 0
    forbidden: list[str] = []
    format_valid_only: bool = True
    freeze: list[str] | None = None
    options: dict[str, Any] = {}

    def filters(self, template: Template) -> Filters:
        """What a row has to be to be learned from."""
        return Filters(
            template=template if self.format_valid_only else None,
            forbidden=self.forbidden,
            min_image_side=self.min_image_side,
        )


class Sample(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="sample"):
    """Rollouts of the current model on every training question, split by how many are right.

    Attributes:
        reward: Says which rollouts are right.
        generation: How they are drawn.
        part: The reward's part that tells right from wrong; None for `accuracy`, or the total.
        bounds: Where easy ends and hard begins.
    """

    reward: Reward
    generation: Generation = Generation()
    part: str | None = None
    bounds: Bounds = Bounds()


class Adaptive(msgspec.Struct, frozen=True, kw_only=True):
    """Draw questions by what they still teach.

    Attributes:
        floor: Chance of a saturated question beside that of a mixed one, in (0, 1].
        memory: Weight of the latest spread beside the earlier ones, in (0, 1].
    """

    floor: Share = 0.1
    memory: Share = 0.5


class Grpo(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="grpo"):
    """GRPO with a reward of rewardkit.

    Attributes:
        reward: What a rollout is worth.
        data: Files or data sets of its own questions; None: the recipe's.
        source: `STAGE.LEVEL` of an earlier sampling, in the file `from`; None for all questions.
        on_error: What a reward that raises does: `stop` the run with the row written down, or
            `exclude` the row.
        adaptive: The adaptive prompt sampler, None for TRL's own.
        watch_every: Steps between looks at greedy accuracy on held-out questions; 0 for none.
        watch_rows: Held-out questions for that.
        freeze: What stays as it is in this stage; None: the model's.
        options: Of TRL's `GRPOConfig`.
    """

    reward: Reward
    data: list[Source] | None = None
    source: str | None = msgspec.field(default=None, name="from")
    on_error: Literal["stop", "exclude"] = "stop"
    adaptive: Adaptive | None = None
    watch_every: Size = 0
    watch_rows: Count = 64
    freeze: list[str] | None = None
    options: dict[str, Any] = {}


class Evaluate(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="evaluate"):
    """Held-out accuracy of every task, greedy and, where asked for, sampled.

    Attributes:
        reward: What is measured, part by part.
        greedy: How greedy replies are drawn; its `n` and `temperature` are 1 and 0.
        sampled: How sampled ones are, None for none.
        rows: At most so many questions, None for all.
    """

    reward: Reward
    greedy: Generation = Generation(n=1, temperature=0.0)
    sampled: Generation | None = None
    rows: Count | None = None


class Export(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="export"):
    """Write merged weights, processor and a model card.

    Attributes:
        folder: Where to; None for `model` in the stage's folder.
    """

    folder: str | None = None


Stage: TypeAlias = Warmup | Sample | Grpo | Evaluate | Export
STAGES: dict[str, type[Warmup | Sample | Grpo | Evaluate | Export]] = {
    "warmup": Warmup,
    "sample": Sample,
    "grpo": Grpo,
    "evaluate": Evaluate,
    "export": Export,
}
"""Every kind of stage."""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run.

    Attributes:
        model: The policy.
        data: The questions.
        template: The layout of replies: it renders the prompt's instruction.
        stages: In the order in which they run, by name.
        output: The run's folder.
        seed: Of everything drawn.
        instruct: Whether a prompt ends in the template's instruction; False where it says it all.
    """

    model: Model
    data: Data
    template: str | Template
    stages: dict[str, Stage]
    output: str
    seed: int = 0
    instruct: bool = True
