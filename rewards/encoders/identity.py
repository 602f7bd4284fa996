"""What of a model decides its values: the same wherever its files stand, however it is run."""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

HOW: Final = frozenset({"batch_size", "threads", "cache_mb"})
"""Options that change a value by float noise at most."""

WHERE: Final = frozenset({"architecture", "model", "pretrained", "revision"})
"""Options that say which checkpoint, which its digest says better."""


@runtime_checkable
class LocalModel(Protocol):
    """A spec, or a reward with a model of its own, that tells what its checkpoint holds."""

    @property
    def __struct_fields__(self) -> tuple[str, ...]:
        """The names of its options."""

    def digest(self) -> str:
        """The checkpoint's content, or its published name."""


def decisive_options(model: LocalModel) -> dict[str, object]:
    """The options that decide a model's values, with its checkpoint by content.

    Raises:
        ConfigError: When a local checkpoint can't be read.

    >>> from rewardkit.rewards.encoders import OpenClip
    >>> decisive_options(OpenClip(architecture="ViT-B-32-quickgelu", pretrained="openai"))
    {'checkpoint': 'ViT-B-32-quickgelu openai', 'device': 'auto', 'dtype': 'auto'}
    """
    own = [name for name in model.__struct_fields__ if name not in HOW | WHERE]
    return {"checkpoint": model.digest()} | {name: getattr(model, name) for name in own}
