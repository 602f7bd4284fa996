"""Read templates from names, YAML files and mappings, and write them back."""

import difflib
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
import yaml

from rewardkit.errors import ConfigError
from rewardkit.templates.rules import SectionRule
from rewardkit.templates.shipped import TEMPLATES
from rewardkit.templates.template import Template

MAX_FILE_BYTES = 65_536
"""A template's file has at most so many bytes."""

_FIELDS = Template.__struct_fields__
_RULE_FIELDS = SectionRule.__struct_fields__


def load_template(spec: str | Mapping[str, object] | Template) -> Template:
    """The template that a name, a file or a mapping stands for.

    Args:
        spec: A shipped template's name; the path of a YAML file; a mapping with the fields of
            [`Template`][rewardkit.templates.template.Template], or with `base` and the fields that
            differ from that shipped template; or a template, which is returned as it is. A section
            may be given by its name alone.

    Returns:
        The template; for the same name or unchanged file the same object.

    Raises:
        ConfigError: When there is no such template, or it contradicts itself.

    >>> load_template("think-answer").answer
    'answer'
    >>> loose = load_template({"base": "think-answer", "ignore_case": True})
    >>> loose.parse("<ANSWER>7</ANSWER>").answer.text
    '7'
    >>> load_template("think-anwser")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: template: expected one of ...; did you mean 'think-answer'?
    """
    if isinstance(spec, Template):
        return spec
    if isinstance(spec, str):
        shipped = TEMPLATES.get(spec)
        return _from_path(spec) if shipped is None else shipped
    return _from_mapping(spec, "template")


def _from_path(path: str) -> Template:
    """The template in a YAML file, read again only when the file has changed."""
    if not path.endswith((".yaml", ".yml")):
        names = ", ".join(TEMPLATES)
        raise ConfigError(
            f"template: expected one of {names}, or a YAML file, got {path[:100]!r}"
            + _suggestion(path, TEMPLATES)
        )
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: expected a template's YAML file, got {error}") from error
    if status.st_size > MAX_FILE_BYTES:
        raise ConfigError(f"{path}: expected at most {MAX_FILE_BYTES} bytes, got {status.st_size}")
    return _read(os.path.abspath(path), path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _read(absolute: str, path: str, mtime_ns: int, size: int) -> Template:
    """Read a YAML file; its time and size are part of the key, so a changed file is read again."""
    try:
        content = yaml.safe_load(Path(absolute).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        text = " ".join(str(error).split())
        raise ConfigError(f"{path}: expected a template in YAML, got {text}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: expected a mapping, got {type(content).__name__}")
    return _from_mapping(content, path)


def _from_mapping(mapping: Mapping[str, object], where: str) -> Template:
    """The template of a mapping; `where` begins each message."""
    if not isinstance(mapping, Mapping):
        raise ConfigError(
            f"{where}: expected a name, a path or a mapping, got {type(mapping).__name__}"
        )
    _check_keys(mapping, ("base", *_FIELDS), where)
    values = {str(key): value for key, value in mapping.items()}
    if "sections" in values:
        values["sections"] = _sections(values["sections"], where)
    base = values.pop("base", None)
    if base is not None:
        template = TEMPLATES.get(base) if isinstance(base, str) else None
        if template is None:
            raise ConfigError(
                f"{where}.base: expected one of {', '.join(TEMPLATES)}, got {base!r:.100}"
                + _suggestion(str(base), TEMPLATES)
            )
        values = {field: getattr(template, field) for field in _FIELDS} | values
    values["sections"] = msgspec.to_builtins(values.get("sections", ()))
    try:
        return msgspec.convert(values, Template)
    except msgspec.ValidationError as error:
        # An error of our own checks is wrapped: the clause that it holds is the message.
        raise ConfigError(f"{where}: {error.__cause__ or error}") from error
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def _sections(value: object, where: str) -> list[object]:
    """The sections' mappings, with a name alone made one of them."""
    if not isinstance(value, list | tuple):
        raise ConfigError(f"{where}.sections: expected a list, got {type(value).__name__}")
    sections: list[object] = []
    for number, section in enumerate(value):
        if isinstance(section, Mapping):
            _check_keys(section, _RULE_FIELDS, f"{where}.sections[{number}]")
        sections.append({"name": section} if isinstance(section, str) else section)
    return sections


def _check_keys(mapping: Mapping[str, object], known: Iterable[str], where: str) -> None:
    """Refuse a key that is not known, with a suggestion."""
    names = list(known)
    for key in mapping:
        if key not in names:
            raise ConfigError(
                f"{where}.{key!s:.100}: unknown key, expected one of {', '.join(names)}"
                + _suggestion(str(key), names)
            )


def _suggestion(text: str, known: Iterable[str]) -> str:
    """What was probably meant, as the end of a message."""
    close = difflib.get_close_matches(text[:100], list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
