"""`rewardkit export`: the file that an RL stack loads a reward from."""

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rewardkit.errors import ConfigError
from rewardkit.suggest import did_you_mean

if TYPE_CHECKING:
    from rewardkit.adapters.options import Options, Stack

UNJUDGED_HELP = "What a rollout that is not judged is worth: a number, or stop to raise."


def export_command(
    stack: Annotated[
        str | None, typer.Option("--stack", help="Whose file to write; see --list.")
    ] = None,
    reward: Annotated[
        str | None,
        typer.Option("--reward", "-r", help="A preset's name, a YAML file, or file.py:name."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file, such as reward_verl.py.")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change an option of the reward: parts.format.weight=0.5"),
    ] = None,
    unjudged: Annotated[str | None, typer.Option("--unjudged", help=UNJUDGED_HELP)] = None,
    on_error: Annotated[
        str, typer.Option("--on-error", help="When the reward fails on a row: stop or exclude.")
    ] = "stop",
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="Where a field stands in the stack's rows: reference=gold"),
    ] = None,
    packed: Annotated[
        bool, typer.Option("--packed", help="Labels hold JSON with fields of the rollout.")
    ] = False,
    group_size: Annotated[
        int | None,
        typer.Option("--group-size", help="Rollouts a question, for rewards that compare them."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    names: Annotated[bool, typer.Option("--list", help="List the stacks.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print results as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Write the file that an RL stack's configuration points to."""
    if names:
        print_stacks(as_json)
        return
    if stack is None or reward is None or output is None:
        missing = {"--stack": stack, "--reward": reward, "--output": output}
        wanted = ", ".join(name for name, value in missing.items() if value is None)
        raise ConfigError(f"{wanted}: expected it beside the others, got none")
    known = find_stack(stack)
    options = read_options(unjudged, on_error, field or [], packed, group_size)
    write_shim(known, (reward, overrides or []), options, output, force)
    if not quiet:
        tell(known, output)
    if as_json:
        import msgspec

        from rewardkit.engine.plan import printed

        result = {"stack": known.name, "output": printed(os.path.abspath(output))}
        print(msgspec.json.encode(result).decode())


def find_stack(name: str) -> "Stack":
    """The stack of a name.

    Raises:
        ConfigError: Naming those that there are.
    """
    from rewardkit.adapters.stacks import STACKS

    if name not in STACKS:
        near = did_you_mean(name, STACKS).replace(", did", "; did")
        raise ConfigError(f"--stack: expected one of {', '.join(STACKS)}, got {name!r:.60}{near}")
    return STACKS[name]


def read_options(
    unjudged: str | None, on_error: str, fields: list[str], packed: bool, group_size: int | None
) -> "Options":
    """Make options of what the command line says.

    Raises:
        ConfigError: Naming the option.
    """
    from rewardkit.adapters.options import Options
    from rewardkit.formats import read_renamings

    if on_error not in ("stop", "exclude"):
        raise ConfigError(f"--on-error: expected stop or exclude, got {on_error!r:.60}")
    places = read_renamings(None, fields)
    try:
        worth = unjudged if unjudged in (None, "stop") else float(unjudged)
    except ValueError:
        raise ConfigError(f"--unjudged: expected a number or stop, got {unjudged!r:.60}") from None
    return Options(
        unjudged=worth,  # type: ignore[arg-type]  # the check above leaves no other text than stop
        on_error=on_error,  # type: ignore[arg-type]  # the check above leaves these two texts
        fields={name: place for name, (place,) in places.items()},
        packed=packed,
        group_size=group_size,
    )


def write_shim(
    stack: "Stack",
    reward: tuple[str, list[str]],
    options: "Options",
    output: Path,
    force: bool,
) -> None:
    """Write the file, whole or not at all.

    Raises:
        ConfigError: When it is there already, can't be written, or the stack can't use the reward.
    """
    from rewardkit.adapters.export import shim_text
    from rewardkit.atomic import check_output, replacing
    from rewardkit.rewards import load_reward, parse_option

    name, overrides = reward
    check_output(output, [Path(name.rpartition(":")[0] if ".py:" in name else name)])
    if os.path.lexists(output) and not force:
        raise ConfigError(f"{output}: expected a new file, or --force to replace it; it is there")
    sys.path.append(os.getcwd())  # for module:name; last, so that it can hide nothing installed
    with contextlib.redirect_stdout(sys.stderr):  # a user's file may print while it is loaded
        loaded = load_reward(name, options=dict(map(parse_option, overrides)))
        text = shim_text(stack, loaded, options, output, name)
    compile(text, str(output), "exec")
    with replacing([output]) as (stream,):
        stream.write(text.encode())


def tell(stack: "Stack", output: Path) -> None:
    """Say on stderr what was written, and how the stack is told about it."""
    from rewardkit.engine.plan import printed

    where = Path(os.path.abspath(output))
    lines = stack.configuration.format(path=where, folder=where.parent, module=output.stem)
    print(f"rewardkit: wrote {printed(str(output))}; tell {stack.name}:", file=sys.stderr)
    for line in lines.splitlines():
        print(f"    {printed(line)}", file=sys.stderr)


def print_stacks(as_json: bool) -> None:
    """Print the stacks, and what each needs to be told."""
    import msgspec

    from rewardkit.adapters.export import listed
    from rewardkit.adapters.stacks import STACKS

    rows = [listed(stack) for stack in STACKS.values()]
    if as_json:
        print(msgspec.json.encode(rows).decode())
        return
    for row in rows:
        print(f"{row.stack:14} {row.rollouts:16} not judged: {row.unjudged}")
