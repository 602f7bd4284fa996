"""NeMo-RL: an environment whose step scores a batch of conversations.

Source: NeMo-RL, https://github.com/NVIDIA-NeMo/RL, `nemo_rl.environments.interfaces`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec, to_number

if TYPE_CHECKING:
    from nemo_rl.environments.interfaces import EnvironmentReturn

NEMO_RL = Stack(
    name="nemo-rl",
    adapter="rewardkit.adapters.nemo_rl:NemoRlReward",
    variable="reward",
    configuration="""\
in the training script, with {folder} on PYTHONPATH:
    from nemo_rl.distributed.ray_actor_environment_registry import ACTOR_ENVIRONMENT_REGISTRY
    from nemo_rl.distributed.virtual_cluster import PY_EXECUTABLES
    from nemo_rl.environments.utils import register_env
    register_env("rewardkit", "{module}.Environment")
    ACTOR_ENVIRONMENT_REGISTRY["{module}.Environment"] = PY_EXECUTABLES.SYSTEM
in its configuration: data.default.env_name: rewardkit, and env.rewardkit: {{}}""",
    imports="import ray",
    after="""\
@ray.remote
class Environment:
    def __init__(self, config=None):
        pass

    def step(self, message_log_batch, metadata):
        return reward.step(message_log_batch, metadata)

    def global_post_process_and_metrics(self, batch):
        return reward.global_post_process_and_metrics(batch)

    def shutdown(self):
        pass""",
    gives_batches=True,
    places={"reference": ("reference", "ground_truth")},
)


class NemoRlReward:
    """What an environment actor of NeMo-RL does; the exported file holds the actor.

    The fields of a rollout other than its prompt and reply stand in the metadata.
    """

    def __init__(self, reward: Spec, options: Options) -> None:
        """Load the reward; `unjudged` must be chosen, as rewards are one tensor.

        Raises:
            ConfigError: When the reward or the options don't fit.
        """
        self._scorer = Scorer(NEMO_RL, reward, options)

    def step(
        self,
        message_log_batch: Sequence[Sequence[Mapping[str, object]]],
        metadata: Sequence[Mapping[str, object] | None],
    ) -> "EnvironmentReturn[Any]":
        """Score the last reply of each conversation; every episode ends.

        Returns:
            With `rewards` and `terminateds` of shape (B,), and the reasons as observations.
        """
        import torch
        from nemo_rl.environments.interfaces import EnvironmentReturn

        rows = [to_row(log, data) for log, data in zip(message_log_batch, metadata, strict=True)]
        paid = self._scorer.score(rows)
        return EnvironmentReturn(
            observations=[{"role": "environment", "content": one.score.reason} for one in paid],
            metadata=list(metadata),
            next_stop_strings=[None] * len(rows),
            rewards=torch.tensor([to_number(one) for one in paid], dtype=torch.float32),
            terminateds=torch.ones(len(rows), dtype=torch.float32),
            answers=[None] * len(rows),
        )

    def global_post_process_and_metrics(self, batch: object) -> tuple[object, dict[str, float]]:
        """Leave the batch as it is."""
        return batch, {}


def to_row(
    log: Sequence[Mapping[str, object]], metadata: Mapping[str, object] | None
) -> dict[str, object]:
    """The conversation's prompt and last reply, beside the metadata; token ids are left out."""
    chat = [{"role": one.get("role"), "content": one.get("content")} for one in log]
    last = max((n for n, one in enumerate(chat) if one["role"] == "assistant"), default=len(chat))
    reply = chat[last]["content"] if last < len(chat) else ""
    return {"prompt": chat[:last], **(metadata or {}), "completion": reply}
