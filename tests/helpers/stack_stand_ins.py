"""What adapters and exported files import of stacks that are not installed."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import pytest


class Result(NamedTuple):
    """What stand-ins hand back: whatever they were made with."""

    value: Any = None
    explanation: str = ""
    metadata: Any = None

    @classmethod
    def unscored(cls, explanation: str, metadata: object) -> "Result":
        """Without a value."""
        return cls(None, explanation, metadata)


class NemoReturn(NamedTuple):
    """NeMo-RL's `EnvironmentReturn`."""

    observations: list[dict[str, str]]
    metadata: list[Any]
    next_stop_strings: list[None]
    rewards: Any
    terminateds: Any
    answers: list[str | None] | None = None


class TextEnv:
    """skyrl-gym's base, as far as an environment of one turn uses it."""


class VerifierFunction:
    """open-instruct's base."""

    def __init__(self, name: str, weight: float = 1.0, verifier_config: object = None) -> None:
        """Keep what is given."""
        self.name, self.weight, self.verifier_config = name, weight, verifier_config


def stand_ins() -> dict[str, dict[str, Any]]:
    """What adapters and exported files import of each stack."""
    from pydantic import BaseModel, ConfigDict

    class BaseVerifyRequest(BaseModel):
        model_config = ConfigDict(populate_by_name=True)
        responses_create_params: dict[str, Any]
        response: dict[str, Any]

    class BaseVerifyResponse(BaseVerifyRequest):
        reward: float
        mask_sample: bool = False
        failure_kind: str | None = None
        failure_reason: str | None = None

    return {
        "swift": {"swift.rewards": {"orms": {}}},
        "inspect_ai": {
            "inspect_ai.scorer": {
                "Score": Result,
                "mean": lambda: None,
                "stderr": lambda: None,
                "scorer": lambda metrics: lambda function: function,
            }
        },
        "skyrl": {
            "skyrl_gym.envs.base_text_env": {
                "BaseTextEnv": TextEnv,
                "BaseTextEnvStepOutput": dict,
            }
        },
        "open-instruct": {
            "open_instruct.ground_truth_utils": {
                "VerifierFunction": VerifierFunction,
                "VerificationResult": SimpleNamespace,
            }
        },
        "nemo-rl": {
            "ray": {"remote": lambda cls: cls},
            "nemo_rl.environments.interfaces": {"EnvironmentReturn": NemoReturn},
        },
        "nemo-gym": {
            "nemo_gym.base_resources_server": {
                "BaseVerifyRequest": BaseVerifyRequest,
                "BaseVerifyResponse": BaseVerifyResponse,
                "SimpleResourcesServer": type("SimpleResourcesServer", (), {}),
            }
        },
    }


def install(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a stack's stand-ins importable for the length of a test."""
    for name, members in stand_ins().get(stack, {}).items():
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            module = ModuleType(".".join(parts[:end]))
            module.__path__ = []
            monkeypatch.setitem(sys.modules, module.__name__, module)
        vars(sys.modules[name]).update(members)
