"""Loading a user's object by `module:name` or `path/file.py:name`, with errors of one line."""

import hashlib
import importlib
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from threading import RLock
from types import ModuleType

from rewardkit.errors import ConfigError

_loading = RLock()
_files: dict[str, ModuleType] = {}


def load_object(spec: str) -> object:
    """The object that `module:name` or `path/file.py:name` names.

    Args:
        spec: The name may be dotted; a path may have a drive letter. A file is run once a process.

    Raises:
        ConfigError: When there is no such file, module or name, or when importing it raises.

    >>> load_object("math:sqrt")
    <built-in function sqrt>
    """
    place, name = split_spec(spec)
    module = _module_of(place, spec)
    try:
        return attrgetter(name)(module)
    except AttributeError:
        raise ConfigError(
            f"custom.function: expected {name!r} in {place}, which has no such name"
        ) from None


def split_spec(spec: str) -> tuple[str, str]:
    r"""Place and name of a spec.

    Raises:
        ConfigError: When the spec has another form.

    >>> split_spec(r"C:\rewards\mine.py:short")
    ('C:\\rewards\\mine.py', 'short')
    """
    place, _, name = spec.rpartition(":")
    is_name = all(part.isidentifier() for part in name.split("."))
    is_module = all(part.isidentifier() for part in place.split("."))
    if not is_name or not (is_module or is_file(place)):
        raise ConfigError(
            f"custom.function: expected 'module:name' or 'path/file.py:name', got {spec!r}"
        )
    return place, name


def is_file(place: str) -> bool:
    """Whether a place is a Python file's path rather than a module's name."""
    return place.endswith(".py")


def source_file(spec: str) -> str | None:
    """The absolute path of the file that defines an object; None for what has no source."""
    place, _ = split_spec(spec)
    if is_file(place):
        return os.path.abspath(place)
    path = getattr(_module_of(place, spec), "__file__", None)
    return os.path.abspath(path) if path else None


def check_call(
    spec: str, function: object, arguments: Sequence[object], options: Mapping[str, object]
) -> Callable[..., object]:
    """Refuse what can't be called with these arguments, as far as its signature tells.

    Returns:
        The function, unchanged.

    Raises:
        ConfigError: When it isn't callable, is a coroutine, or its signature doesn't fit.
    """
    if not callable(function):
        raise ConfigError(
            f"custom.function: expected {spec} to be a function, class or reward, "
            f"got {type(function).__name__}"
        )
    check_plain_call(spec, function)
    try:
        inspect.signature(function).bind(*arguments, **options)
    except TypeError as error:
        what = "rollouts and options" if arguments else "options"
        raise ConfigError(f"custom.options: expected {spec} to take the {what}: {error}") from None
    except ValueError:  # built-in functions may have no signature
        pass
    return function


def check_plain_call(spec: str, function: object) -> None:
    """Refuse what gives something to await when it is called, functions and objects alike.

    Raises:
        ConfigError: Naming the function.
    """
    if any(map(inspect.iscoroutinefunction, (function, getattr(function, "__call__", None)))):  # noqa: B004 - not whether it can be called, but how
        raise ConfigError(f"custom.function: expected {spec} to be a plain function, got async def")


def _module_of(place: str, spec: str) -> ModuleType:
    with _loading:
        if is_file(place):
            path = os.path.abspath(place)
            if path not in _files:
                _files[path] = _run_file(path, spec)
            return _files[path]
        return _import_module(place, spec)


def _import_module(place: str, spec: str) -> ModuleType:
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise _raised(spec, error) from error  # a module that the user's module imports
        hint = f"; for the file write {place}.py:…" if Path(f"{place}.py").is_file() else ""
        raise ConfigError(f"custom.function: no module {error.name!r} for {spec}{hint}") from None
    except (Exception, SystemExit) as error:  # a module may raise anything while it is imported
        raise _raised(spec, error) from error


def _run_file(path: str, spec: str) -> ModuleType:
    """Run a file as a module with a name of its own, the same in every process."""
    if not os.path.isfile(path):
        raise ConfigError(f"custom.function: no file {path} for {spec}")
    stem = re.sub(r"\W", "_", Path(path).stem)
    name = f"rewardkit_custom_{stem}_{hashlib.sha256(os.fsencode(path)).hexdigest()[:12]}"
    found = importlib.util.spec_from_file_location(name, path)
    if found is None or found.loader is None:
        raise ConfigError(f"custom.function: expected a Python file, got {path}")
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module  # before it runs: dataclasses and pickle look it up there
    try:
        found.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # a file may raise anything while it runs
        del sys.modules[name]
        raise _raised(spec, error) from error
    return module


def _raised(spec: str, error: BaseException) -> ConfigError:
    first = (str(error).splitlines() or [""])[0][:200]
    return ConfigError(
        f"custom.function: importing {spec} raised {type(error).__name__}: {first}".rstrip(": ")
    )
