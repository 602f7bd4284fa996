"""NeMo-Gym: a resources server that answers `/verify`.

Source: NeMo-Gym 0.7.0, https://github.com/NVIDIA-NeMo/Gym, `SimpleResourcesServer`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rewardkit.adapters.figures import figures
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.responses import exchange_row
from rewardkit.adapters.scorer import Scorer, Spec

if TYPE_CHECKING:
    from nemo_gym.base_resources_server import BaseVerifyRequest, SimpleResourcesServer

REFERENCES = (
    "reference",
    "expected_answer",
    "answer",
    "ground_truth",
    "label",
    "verifier_metadata.expected_answer",
)
"""Where a row's reference is looked for unless an option says where."""

NEMO_GYM = Stack(
    name="nemo-gym",
    adapter="rewardkit.adapters.nemo_gym:nemo_gym_server",
    variable="Server",
    configuration="""\
resources_servers/rewardkit/app.py is this file; beside it requirements.txt, with the line
    rewardkit
and configs/rewardkit.yaml, with the line
    rewardkit: {{resources_servers: {{rewardkit: {{entrypoint: app.py, domain: math}}}}}}""",
    after="""\
if __name__ == "__main__":
    Server.run_webserver()""",
    says_unjudged=True,
    places={"reference": REFERENCES},
)


def nemo_gym_server(reward: Spec, options: Options | None = None) -> "type[SimpleResourcesServer]":
    """Make a server class whose `/verify` scores the last reply.

    Returns:
        The class. A rollout that is not judged is masked, with its reason; its reward of 0.0 is
        not counted then. The fields of a rollout stand in the request beside `response`.

    Raises:
        ConfigError: When the reward or the options don't fit.
    """
    from nemo_gym.base_resources_server import (
        BaseVerifyRequest,
        BaseVerifyResponse,
        SimpleResourcesServer,
    )
    from pydantic import ConfigDict

    # Made here, as the classes to inherit from are there only where NeMo-Gym is.
    allowed = {"model_config": ConfigDict(extra="allow"), "__module__": __name__}
    request = type("RewardkitRequest", (BaseVerifyRequest,), dict(allowed))
    answer = type("RewardkitResponse", (BaseVerifyResponse,), dict(allowed))
    scorer = Scorer(NEMO_GYM, reward, options or Options())

    async def verify(self: "SimpleResourcesServer", body: "BaseVerifyRequest") -> object:
        fields = body.model_dump()
        paid = (await scorer.score_async([to_row(fields)]))[0]
        facts: dict[str, object] = {"reason": paid.score.reason, **figures(scorer.reward, paid)}
        if paid.value is None:
            facts |= {"mask_sample": True, "failure_kind": "rewardkit:not_judged"}
            facts["failure_reason"] = paid.score.reason
        return answer(**{**fields, **facts, "reward": paid.value or 0.0})

    verify.__annotations__ = {"body": request, "return": answer}  # FastAPI reads them
    members = {"verify": verify, "__module__": __name__}
    server: type[SimpleResourcesServer] = type("RewardkitServer", (SimpleResourcesServer,), members)
    server.ray_enabled = False  # unless it is told, NeMo-Gym starts Ray for it
    return server


def to_row(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The request's other fields, and what the exchange with the model says."""
    row = dict(fields)
    asked, response = row.pop("responses_create_params"), row.pop("response")
    return {**row, **exchange_row(asked, response, "images" in row)}
