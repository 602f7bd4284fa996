"""Functions by name: where a function that stands in a reward can be found again."""

import inspect
import sys

from rewardkit.rewards.place import Place, described


def function_path(function: object, place: Place | None = None) -> str:
    """Say where a function can be found again: `module:name`, or `file.py:name`.

    Raises:
        ConfigError: For a lambda, a function inside another one, or anything without a name.

    >>> from rewardkit.rewards.walk import needs_groups
    >>> function_path(needs_groups)
    'rewardkit.rewards.walk:needs_groups'
    """
    place = place or Place()
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None)
    if isinstance(module, str) and isinstance(name, str) and name.isidentifier():
        if getattr(sys.modules.get(module), name, None) is function:
            if module != "__main__":
                return f"{module}:{name}"
            if callable(function) and (file := inspect.getsourcefile(function)):
                return f"{file}:{name}"
    raise place.error(
        f"expected a reward or a function that has a name in its module, got {described(function)}"
    )
