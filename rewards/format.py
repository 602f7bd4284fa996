"""Pay for a reply that keeps to its template."""

from collections.abc import Sequence

import msgspec

from rewardkit.rewards.plain import check_plain
from rewardkit.templates import Parsed, Template, load_template
from rewardkit.types import Rollout, Score

_LISTED = 3
"""So many faults are named in a reason."""


def strict_value(parsed: Parsed) -> float:
    """1.0 when nothing is wrong with a reply's form, else 0.0.

    >>> strict_value(load_template("think-answer").parse("<think>3+4</think><answer>7</answer>"))
    1.0
    """
    return 1.0 if parsed.fault_count == 0 else 0.0


def graded_value(parsed: Parsed, required: Sequence[str]) -> float:
    """The share of the required sections without a fault, halved by faults of no such section.

    A section that is repeated, out of place or holds another marker has a fault, so writing one
    more of them never pays; text outside the sections, and whatever else belongs to no required
    section, halves the whole.

    Args:
        parsed: The reply as the template reads it.
        required: The names of the sections that the template wants, at least one.

    Returns:
        Share in [0, 1]; 1.0 exactly when `strict_value` is.

    >>> template = load_template("think-answer")
    >>> graded_value(template.parse("<answer>7</answer>"), ["think", "answer"])
    0.5
    >>> graded_value(template.parse("<answer>7</answer> seven"), ["think", "answer"])
    0.25
    """
    whole = sum(name not in parsed.flawed for name in required) / len(required)
    return whole if parsed.flawed.issubset(required) else whole / 2


def explain(parsed: Parsed) -> str:
    """The first faults of a reply with their places, on one line.

    >>> explain(load_template("think-answer").parse("<think></think><answer>7</answer>"))
    'think: empty (at 7-7)'
    """
    if parsed.fault_count == 0:
        return "well-formed"
    listed = "; ".join(map(str, parsed.faults[:_LISTED]))
    more = parsed.fault_count - min(_LISTED, len(parsed.faults))
    return f"{listed}; and {more} more" if more else listed


class Format(
    msgspec.Struct, frozen=True, tag_field="kind", tag="format", forbid_unknown_fields=True
):
    r"""Pays for the form of a reply, whatever it says; all or nothing, or by section.

    Attributes:
        template: A shipped template's name, the path of a YAML file, or a template.
        graded: Pay the share of sections without a fault instead of all or nothing.

    Raises:
        ConfigError: When there is no such template.

    Source: DeepSeek-R1, https://arxiv.org/abs/2501.12948. Stricter than the usual regular
    expression `<think>.*?</think>\s*<answer>.*?</answer>`: a section that is empty, repeated,
    inside another one, or only repeats the prompt is a fault.

    >>> reward = Format()
    >>> reward([Rollout(completion="<think>3+4</think><answer>7</answer>")])[0].value
    1.0
    >>> reward([Rollout(completion="7")])[0].reason
    'text outside the sections (at 0-1); think: missing (at 1-1); answer: missing (at 1-1)'
    """

    template: str | Template = "think-answer"
    graded: bool = False

    def __post_init__(self) -> None:
        """Find out now, not in the middle of a run, that there is no such template."""
        check_plain(self)
        load_template(self.template)

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each reply's form.

        Returns:
            Values in [0, 1], of 0 and 1 alone unless graded; never None.
        """
        template = load_template(self.template)
        if not self.graded:
            parses = (template.parse(rollout.text, rollout.truncated) for rollout in rollouts)
            return [Score(strict_value(parsed), explain(parsed)) for parsed in parses]
        # Without a required section every section counts, or nothing would be asked for.
        required = [rule.name for rule in template.sections if not rule.optional]
        required = required or [rule.name for rule in template.sections]
        parses = (template.parse(rollout.text, rollout.truncated) for rollout in rollouts)
        return [Score(graded_value(parsed, required), explain(parsed)) for parsed in parses]
