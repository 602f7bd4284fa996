"""The math verifier: exact arithmetic first, then algebra in a killable process."""

from rewardkit.verifiers.math.verifier import Math

__all__ = ["Math"]
