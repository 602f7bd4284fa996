"""The table of the stacks that `rewardkit export` writes for."""

from rewardkit.adapters.areal import AREAL
from rewardkit.adapters.easyr1 import EASYR1
from rewardkit.adapters.inspect_ai import INSPECT
from rewardkit.adapters.nemo_gym import NEMO_GYM
from rewardkit.adapters.nemo_rl import NEMO_RL
from rewardkit.adapters.open_instruct import OPEN_INSTRUCT
from rewardkit.adapters.openrlhf import OPENRLHF
from rewardkit.adapters.options import Stack
from rewardkit.adapters.reasoning_gym import REASONING_GYM
from rewardkit.adapters.skyrl import SKYRL
from rewardkit.adapters.slime import SLIME
from rewardkit.adapters.swift import SWIFT
from rewardkit.adapters.trl import TRL, TRL_ASYNC
from rewardkit.adapters.verifiers import VERIFIERS
from rewardkit.adapters.verl import VERL, VERL_BATCH

STACKS: dict[str, Stack] = {
    stack.name: stack
    for stack in (
        TRL,
        TRL_ASYNC,
        VERL,
        VERL_BATCH,
        EASYR1,
        OPENRLHF,
        SWIFT,
        VERIFIERS,
        INSPECT,
        NEMO_GYM,
        NEMO_RL,
        REASONING_GYM,
        SKYRL,
        SLIME,
        AREAL,
        OPEN_INSTRUCT,
    )
}
"""Every stack by its name."""
