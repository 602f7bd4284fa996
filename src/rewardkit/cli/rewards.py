"""`rewardkit rewards`: what there is, read from the code itself."""

import inspect
import json
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import typer

from rewardkit.errors import ConfigError
from rewardkit.suggest import did_you_mean

if TYPE_CHECKING:
    from rich.table import Table


def rewards_command(
    name: Annotated[
        str | None,
        typer.Argument(help="A reward, preset, template or verifier to show in full."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """List rewards, presets, templates and verifiers, or show one with its options."""
    entries = catalogue()
    if name is not None:
        chosen = [entry for entry in entries if entry["name"] == name]
        if not chosen:
            known = [str(entry["name"]) for entry in entries]
            raise ConfigError(
                f"{name}: expected a reward, preset, template or verifier"
                f"{did_you_mean(name, known)}; `rewardkit rewards` lists them"
            )
        entries = chosen
    if as_json:
        print(json.dumps(entries, indent=2, ensure_ascii=False))
    elif name is None:
        show_all(entries)
    else:
        for entry in entries:
            show_one(entry)


def catalogue() -> list[dict[str, Any]]:
    """Everything that a reward can be made of: kind of thing, name, summary, options, text."""
    from rewardkit.rewards import REWARDS, preset_names, preset_text
    from rewardkit.templates import TEMPLATES
    from rewardkit.verifiers import VERIFIERS

    entries = []
    for what, table in (("reward", REWARDS), ("verifier", VERIFIERS)):
        for name, cls in table.items():
            text = inspect.getdoc(cls) or ""
            entries.append(entry_of(what, name, text, read_options(cls)))
    for name in preset_names():
        text = preset_text(name)
        first = text.splitlines()[0].lstrip("# ").removeprefix(f"{name}: ")
        entries.append(entry_of("preset", name, text, [], first))
    for name, template in TEMPLATES.items():
        text = template.instruction()
        sections = ", ".join(section.name for section in template.sections)
        layout = f"sections {sections}" if template.answer_form == "text" else ""
        entries.append(entry_of("template", name, text, read_options(type(template)), layout))
    return entries


def entry_of(
    what: str, name: str, text: str, options: list[dict[str, Any]], summary: str = ""
) -> dict[str, Any]:
    """One line of the catalogue."""
    first = summary or (text.splitlines()[0] if text else "")
    return {"what": what, "name": name, "summary": first, "options": options, "text": text}


def read_options(cls: type) -> list[dict[str, Any]]:
    """Name, type and default of each option of a reward, verifier or template."""
    import msgspec

    options = []
    for field in msgspec.structs.fields(cls):
        default: Any = "required"
        if field.default is not msgspec.NODEFAULT:
            default = msgspec.to_builtins(field.default)
        elif field.default_factory is not msgspec.NODEFAULT:
            default = msgspec.to_builtins(field.default_factory())
        options.append(
            {
                "name": field.encode_name,
                "type": written(field.type),
                "default": default,
            }
        )
    return options


def written(annotation: object) -> str:
    """A type as a person would write it: no modules, and of words one may choose the words.

    >>> from typing import Literal, Optional
    >>> written(Optional[Literal["mean", "max"]]), written(dict[str, list[int]])
    ("'mean' | 'max' | None", 'dict[str, list[int]]')
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " | ".join(map(repr, arguments))
    if origin in (Union, UnionType):
        return " | ".join(map(written, arguments))
    if origin is not None and arguments:
        return f"{origin.__name__}[{', '.join(map(written, arguments))}]"
    if annotation is type(None):
        return "None"
    return "..." if annotation is ... else getattr(annotation, "__name__", str(annotation))


def show_all(entries: list[dict[str, Any]]) -> None:
    """Print a table for each kind of thing."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    for what in ("preset", "reward", "template", "verifier"):
        table = Table(title=f"{what}s", title_justify="left", box=None, padding=(0, 2, 0, 0))
        table.add_column("name", no_wrap=True)
        table.add_column("what it does")
        for entry in entries:
            if entry["what"] == what:
                table.add_row(Text(entry["name"]), Text(entry["summary"]))
        console.print(table)
        console.print()


def show_one(entry: dict[str, Any]) -> None:
    """Print one thing in full."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(f"{entry['what']} {entry['name']}", style="bold"))
    console.print(Text(entry["text"]))
    if entry["options"]:
        console.print(table_of(entry["options"]))


def table_of(options: list[dict[str, Any]]) -> "Table":
    """Options as a table."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("option", "type", "default"):
        table.add_column(title, overflow="fold")
    for option in options:
        table.add_row(*(Text(str(option[key])) for key in ("name", "type", "default")))
    return table
