"""Errors, sorted by whose fault they are.

A wrong, empty or hostile reply is never an error: it is a [`Verdict`][rewardkit.types.Verdict].
"""


class RewardkitError(Exception):
    """Any error that rewardkit raises on purpose; its message is one line to act on."""


class ConfigError(RewardkitError):
    """The caller's fault, found before any work: an option, a YAML file, a path.

    >>> raise ConfigError("parts.format.wieght: unknown key, did you mean 'weight'?")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: parts.format.wieght: unknown key, did you mean 'weight'?
    """


class RolloutError(RewardkitError):
    """The data's fault: a line that is not a rollout, a field of the wrong type."""


class VerifierError(RewardkitError):
    """Our fault or a tool's: a worker that cannot start, a reward that returns nonsense."""
