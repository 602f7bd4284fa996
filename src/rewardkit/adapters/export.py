"""The file that a stack's configuration points to: a few lines over the installed package."""

import functools
import importlib.metadata
import keyword
import os
import pprint
import sys
import textwrap
from pathlib import Path

import msgspec

from rewardkit.adapters.options import Options, Stack
from rewardkit.adapters.portable import portable
from rewardkit.adapters.scorer import Scorer
from rewardkit.errors import ConfigError
from rewardkit.rewards import Reward, encode, fingerprint

TAKEN = frozenset(
    "areal inspect_ai nemo_gym nemo_rl open_instruct openrlhf reasoning_gym rewardkit skyrl_gym "
    "slime swift torch transformers trl verifiers verl".split()
)
"""Modules that a file of that name would hide from the stack."""


def shim_text(stack: Stack, reward: Reward, options: Options, path: Path, source: str) -> str:
    """Write the file of a reward for a stack.

    The reward stands in it with every option that is no default, and means the same in any folder.
    The file holds nothing that has to be importable from it: several stacks run it without entering
    it in `sys.modules`.

    Args:
        stack: What is known about the stack.
        reward: The reward.
        options: How to use it.
        path: Where the file is going to be.
        source: What the reward was named by, for the header.

    Raises:
        ConfigError: When the stack can't use the reward, or can't load a file of that name.
    """
    check_name(stack, path)
    config = portable(encode(reward))
    Scorer(stack, reward, options)  # everything that can be refused is refused now
    module, _, maker = stack.adapter.partition(":")
    chosen = options_text(options)
    imports = sorted(
        filter(
            None,
            [
                stack.imports,
                f"from {module} import {maker}",
                "from rewardkit.adapters.options import Options" if chosen else "",
            ],
        )
    )
    arguments = [pprint.pformat(config, sort_dicts=False, width=90), *([chosen] if chosen else [])]
    call = "".join(textwrap.indent(argument, "    ") + ",\n" for argument in arguments)
    return (
        f"{header(stack, reward, path, source)}\n"
        + "\n".join(imports)
        + f"\n\n{stack.variable} = {maker}(\n{call})\n"
        + (f"\n\n{stack.after}\n" if stack.after else "")
    )


def header(stack: Stack, reward: Reward, path: Path, source: str) -> str:
    """Say what the file is, and how the stack is told about it, as comments."""
    where = Path(os.path.abspath(path))
    lines = stack.configuration.format(path=where, folder=where.parent, module=path.stem)
    text = (
        f"{one_line(source)} for {stack.name}, made by `rewardkit export`; rewardkit has to be "
        f"installed where it runs.\nfingerprint {fingerprint(reward)}\n\n{lines}"
    )
    shown = (one_line(line) for line in text.split("\n"))
    return "".join(f"# {line}".rstrip() + "\n" for line in shown)


def one_line(text: str) -> str:
    r"""Text that stays in its comment and can be written as UTF-8.

    >>> one_line("a\nb")
    'a\\x0ab'
    """
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return shown.encode("utf-8", "backslashreplace").decode()


def options_text(options: Options) -> str:
    """The options that differ from the defaults, as Python; nothing where none does.

    >>> options_text(Options(unjudged=0.0, packed=True))
    'Options(unjudged=0.0, packed=True)'
    """
    default = Options()
    pairs = [
        f"{name}={getattr(options, name)!r}"
        for name in Options.__struct_fields__
        if getattr(options, name) != getattr(default, name)
    ]
    return f"Options({', '.join(pairs)})" if pairs else ""


def check_name(stack: Stack, path: Path) -> None:
    """Refuse a file that the stack could not load, or that would hide another module.

    Raises:
        ConfigError: Naming the file.
    """
    if path.suffix != ".py":
        raise ConfigError(f"{path}: expected a file that ends in .py")
    stem = path.stem
    taken = stem in TAKEN or stem in sys.stdlib_module_names or stem in installed_modules()
    if taken or stem in ("sitecustomize", "usercustomize"):  # Python itself looks for these
        raise ConfigError(f"{path}: expected a name of its own, got that of the module {stem}")
    by_module = "{module}" in stack.configuration
    if by_module and (not stem.isidentifier() or keyword.iskeyword(stem)):
        raise ConfigError(
            f"{path}: expected a name that Python can import, as {stack.name} does, got {stem!r}"
        )


@functools.cache
def installed_modules() -> frozenset[str]:
    """The names by which installed packages are imported."""
    return frozenset(importlib.metadata.packages_distributions())


class Listed(msgspec.Struct, frozen=True):
    """A stack in a list.

    Attributes:
        stack: Its name.
        unjudged: What 'not judged' becomes, or that it has to be chosen.
        rollouts: Whether a call holds `whole groups` or `no whole groups`.
    """

    stack: str
    unjudged: str
    rollouts: str


def listed(stack: Stack) -> Listed:
    """What to say about a stack in a list.

    >>> from rewardkit.adapters.stacks import STACKS
    >>> listed(STACKS["verl"])
    Listed(stack='verl', unjudged='--unjudged NUMBER or stop', rollouts='no whole groups')
    """
    return Listed(
        stack.name,
        "left out" if stack.says_unjudged else "--unjudged NUMBER or stop",
        "whole groups" if stack.gives_batches else "no whole groups",
    )
