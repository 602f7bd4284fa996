"""SkyRL: an environment of one turn whose step scores the reply.

Source: skyrl-gym 0.4.0, https://github.com/NovaSky-AI/SkyRL, `BaseTextEnv`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.figures import figures
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec

if TYPE_CHECKING:
    from skyrl_gym.envs.base_text_env import BaseTextEnv

SKYRL = Stack(
    name="skyrl",
    adapter="rewardkit.adapters.skyrl:SkyRlReward",
    variable="environment",
    configuration="""\
in the process that trains, with {folder} on PYTHONPATH:
    from skyrl_gym.envs.registration import register
    register(id="rewardkit", entry_point="{module}:environment")
in each row: env_class: rewardkit, reward_spec: {{ground_truth: ...}}""",
    places={
        "reference": ("reference", "reward_spec.ground_truth", "reward_model.ground_truth"),
    },
)


class SkyRlReward:
    """What SkyRL makes environments with; called once a rollout with the row's other fields."""

    def __init__(self, reward: Spec, options: Options) -> None:
        """Load the reward; `unjudged` must be chosen, as SkyRL adds rewards up.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(SKYRL, reward, options)

    def __call__(
        self, env_config: object = None, extras: Mapping[str, object] | None = None
    ) -> "BaseTextEnv":
        """Make the environment of one rollout.

        Args:
            env_config: Not used.
            extras: The fields of the row.
        """
        from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput

        scorer, fields = self._scorer, dict(extras or {})

        def init(_: object, prompt: object) -> tuple[object, dict[str, Any]]:
            fields.setdefault("prompt", prompt)
            return prompt, {}

        def step(_: object, action: str) -> BaseTextEnvStepOutput:
            paid = scorer.score_one({**fields, "completion": action})
            return BaseTextEnvStepOutput(
                observations=[],
                reward=paid.value,
                done=True,
                metadata=figures(scorer.reward, paid),
            )

        # Made here, as the class to inherit from is there only where SkyRL is.
        episode = type("RewardkitEnv", (BaseTextEnv,), {"init": init, "step": step})
        made: BaseTextEnv = episode()
        return made
