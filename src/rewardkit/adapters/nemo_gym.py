"""NeMo-Gym: a resources server that answers `/verify`.

Source: NeMo-Gym 0.7.0, https://github.com/NVIDIA-NeMo/Gym, `SimpleResourcesServer`.
"""

from typing import TYPE_CHECKING

from rewardkit.adapters.figures import figures
from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.scorer import Scorer, Spec

if TYPE_CHECKING:
    from nemo_gym.base_resources_server import BaseVerifyRequest, SimpleResourcesServer

NEMO_GYM = Stack(
    name="nemo-gym",
    adapter="rewardkit.adapters.nemo_gym:nemo_gym_server",
    variable="Server",
    configuration="""\
resources_servers/rewardkit/app.py is this file; in its configs/rewardkit.yaml:
    rewardkit: {{resources_servers: {{rewardkit: {{entrypoint: app.py, domain: math}}}}}}""",
    after="""\
if __name__ == "__main__":
    Server.run_webserver()""",
    says_unjudged=True,
    places={"reference": ("reference", "expected_answer", "answer", "ground_truth")},
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
            facts |= {"mask_sample": True, "failure_kind": "rewardkit:unjudged"}
            facts["failure_reason"] = paid.score.reason
        return answer(**{**fields, **facts, "reward": paid.value or 0.0})

    verify.__annotations__ = {"body": request, "return": answer}  # FastAPI reads them
    members = {"verify": verify, "__module__": __name__}
    server: type[SimpleResourcesServer] = type("RewardkitServer", (SimpleResourcesServer,), members)
    return server


def to_row(fields: dict[str, object]) -> dict[str, object]:
    """The request's other fields, its prompt and its last reply."""
    row = {name: value for name, value in fields.items() if name not in ("response",)}
    asked = row.pop("responses_create_params", None)
    prompt = asked.get("input") if isinstance(asked, dict) else None
    if isinstance(prompt, list):  # beside messages there may be calls of tools
        prompt = [one for one in prompt if isinstance(one, dict) and "role" in one]
    if prompt:
        row.setdefault("prompt", prompt)
    return {**row, "completion": last_reply(fields.get("response"))}


def last_reply(response: object) -> str:
    """The text of the last message of a response as the Responses API has it.

    >>> text = {"type": "output_text", "text": "so 4"}
    >>> last_reply({"output": [{"type": "message", "content": [text]}]})
    'so 4'
    """
    output = response.get("output") if isinstance(response, dict) else None
    for item in reversed(output or []):
        if item.get("type") == "message":
            parts = [part for part in item.get("content") or [] if isinstance(part, dict)]
            return "".join(str(part.get("text") or "") for part in parts)
    return ""
