"""Which policy replies, and how its replies are drawn."""

from typing import Annotated, Literal, TypeAlias

import msgspec

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Size: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Share: TypeAlias = Annotated[float, msgspec.Meta(gt=0, le=1)]

Dtype: TypeAlias = Literal["auto", "float32", "bfloat16", "float16"]


class Lora(msgspec.Struct, frozen=True, kw_only=True):
    """Train low-rank adapters in place of the weights (peft).

    Attributes:
        rank: Of the adapters, at least 1.
        alpha: Their scale is alpha / rank.
        dropout: In [0, 1).
        targets: Names of layers, or `all-linear`.
    """

    rank: Count = 16
    alpha: int = 32
    dropout: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0
    targets: str | list[str] = "all-linear"


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """The policy.

    Attributes:
        path: A folder or a hub id.
        revision: Of a hub id.
        dtype: Of the weights; `auto` is the checkpoint's.
        lora: Adapters, None to train the weights themselves.
        freeze: Parameters whose name begins with, or has as a component, one of these stay as they
            are, such as `visual`.
    """

    path: str
    revision: str | None = None
    dtype: Dtype = "auto"
    lora: Lora | None = None
    freeze: list[str] = []


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """How replies are drawn.

    Attributes:
        n: Replies a question.
        temperature: 0 is greedy.
        top_p: Nucleus, in (0, 1].
        max_tokens: Of a reply.
        batch_size: Replies generated at a time.
        engine: `transformers`, or `vllm` where it is installed.
    """

    n: Count = 8
    temperature: Annotated[float, msgspec.Meta(ge=0)] = 1.2
    top_p: Share = 0.99
    max_tokens: Count = 2048
    batch_size: Count = 32
    engine: Literal["transformers", "vllm"] = "transformers"
