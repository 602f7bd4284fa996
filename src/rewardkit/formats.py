"""Ready-made renamings: where other tools' files keep the fields of a rollout.

A place is a field's name, or a path into nested values: `reward_model.ground_truth`, `resps.0.0`.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from rewardkit.errors import ConfigError
from rewardkit.suggest import did_you_mean
from rewardkit.types import Rollout

Places: TypeAlias = Mapping[str, tuple[str, ...]]
"""For each field of a rollout the places to look, in order; the first with a value is taken."""

FIELDS: tuple[str, ...] = tuple(name for name in Rollout.__struct_fields__ if name != "extra")

FORMATS: dict[str, Places] = {
    # verl's rollout dump has input, output, gts; its data sets nest the reference.
    "verl": {
        "prompt": ("input", "prompt"),
        "completion": ("output", "response", "completion"),
        "reference": ("gts", "reward_model.ground_truth", "ground_truth"),
        "id": ("uid", "id"),
    },
    # TRL logs prompt and completion by these names; its accuracy reward reads the column solution.
    "trl": {"reference": ("solution", "answer", "reference")},
    "openrlhf": {
        "prompt": ("input", "prompt"),
        "completion": ("output", "response", "completion"),
        "reference": ("label", "labels", "answer"),
    },
    "easyr1": {
        "prompt": ("problem", "prompt"),
        "completion": ("response", "completion"),
        "reference": ("ground_truth", "answer"),
        "completion_tokens": ("response_length", "completion_tokens"),
    },
    # One line of a --log_samples file; the first response counts.
    "lm-eval": {
        "prompt": ("arguments.0.0", "arguments.gen_args_0.arg_0"),
        "completion": ("resps.0.0", "filtered_resps.0"),
        "reference": ("target",),
        "group": ("doc_hash",),
    },
}


def read_renamings(format: str | None, fields: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Put a ready-made format and a user's own `--field` options together.

    Args:
        format: A name of `FORMATS`, or None for rewardkit's own field names.
        fields: Options of the form `completion=response`; they win over the format.

    Raises:
        ConfigError: For an unknown format or field, or an option that is not `FIELD=PLACE`.

    >>> read_renamings(None, ["completion=choices.0.text"])
    {'completion': ('choices.0.text',)}
    >>> read_renamings(None, ["complete=text"])
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: --field complete=text: unknown field 'complete', did you mean \
'completion'?
    """
    if format is not None and format not in FORMATS:
        raise ConfigError(
            f"--format {format}: unknown format, expected one of {', '.join(FORMATS)}"
            + did_you_mean(format, FORMATS)
        )
    places = dict(FORMATS[format]) if format else {}
    for option in fields:
        field, equals, place = option.partition("=")
        if not equals or not place:
            raise ConfigError(f"--field {option}: expected FIELD=NAME, such as completion=response")
        if field not in FIELDS:
            hint = did_you_mean(field, FIELDS) or f", expected one of {', '.join(FIELDS)}"
            raise ConfigError(f"--field {option}: unknown field '{field}'{hint}")
        places[field] = (place,)
    return places
