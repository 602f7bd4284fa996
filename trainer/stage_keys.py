"""An option of TRL's that stands at a stage itself is one of its `options`."""

from collections.abc import Mapping
from importlib.util import find_spec

import msgspec

from rewardkit.rewards.place import Place
from rewardkit.trainer.recipe import STAGES


def gather_options(fields: Mapping[str, object], place: Place) -> dict[str, object]:
    """A recipe's plain values with such options moved to where they belong.

    Args:
        fields: The recipe's; what is no mapping of stages is left for whoever reads it.
        place: The recipe's.

    Raises:
        ConfigError: When an option stands in both places.
    """
    stages = fields.get("stages")
    if not isinstance(stages, Mapping):
        return dict(fields)
    gathered: dict[object, object] = {}
    for name, stage in stages.items():
        gathered[name] = stage
        if isinstance(stage, Mapping):
            given = stage.get("options", {})
            moved = {key: value for key, value in stage.items() if is_trl_option(key, stage)}
            if moved and isinstance(given, Mapping):
                for key in moved.keys() & given.keys():
                    at = place.at("stages").at(str(name)).at(key)
                    raise at.error("expected it once, got it in 'options' too")
                kept = {key: value for key, value in stage.items() if key not in moved}
                gathered[name] = {**kept, "options": {**given, **moved}}
    return {**fields, "stages": gathered}


def spelled_out(path: str, fields: Mapping[str, object]) -> str:
    """The dotted path of a value to set, with the `options` that it may leave out.

    >>> recipe = {"stages": {"rl": {"kind": "evaluate"}}}
    >>> spelled_out("stages.rl.rows", recipe)
    'stages.rl.rows'
    """
    keys, stages = path.split("."), fields.get("stages")
    if len(keys) > 2 and keys[0] == "stages" and isinstance(stages, Mapping):
        stage = stages.get(keys[1])
        if isinstance(stage, Mapping) and is_trl_option(keys[2], stage):
            return ".".join([*keys[:2], "options", *keys[2:]])
    return path


def is_trl_option(key: object, stage: Mapping[str, object]) -> bool:
    """Whether a key of a stage's mapping is none of the stage's own, but TRL's."""
    kind = stage.get("kind")
    cls = STAGES.get(kind) if isinstance(kind, str) else None
    own = {field.encode_name for field in msgspec.structs.fields(cls)} if cls else set()
    if cls is None or key == "kind" or key in own or "options" not in own or not find_spec("trl"):
        return False
    from rewardkit.trainer.options import option_names  # takes seconds to import

    return key in option_names(cls)
