"""What a verifier is: an answer and a reference in, a verdict out."""

from collections.abc import Sequence
from typing import Protocol

from rewardkit.types import Reference, Verdict


class Verifier(Protocol):
    """Anything that judges one answer. Ours are frozen values whose fields are their options.

    A verifier never raises for an answer or a reference, whatever they hold: the verdict says what
    is wrong with them.
    """

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer.

        Args:
            answer: The answer alone, as a template cut it out of the reply.
            reference: What is right.
            choices: The options of a choice question, first is A.
        """
