"""`rewardkit calibrate`: does an encoder tell the user's images apart, and where to saturate."""

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rewardkit.errors import ConfigError

if TYPE_CHECKING:
    from rewardkit.analysis.calibration_report import CalibrationReport, TextSource
    from rewardkit.analysis.drawing import Draw
    from rewardkit.rewards import Reward

REWARD_HELP = "A preset's name, a YAML file, or file.py:name, with a clip-score or ref-caption."
TEXT_HELP = "Whose words: completion, as the reward reads it, or the captions in reference."


def calibrate_command(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="DATA…", help="JSONL files of rollouts with images, or -."),
    ],
    reward: Annotated[str, typer.Option("--reward", "-r", help=REWARD_HELP)],
    text: Annotated[str, typer.Option("--text", help=TEXT_HELP)] = "completion",
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows to look at.")] = 1000,
    mismatches: Annotated[
        int, typer.Option("--mismatches", min=1, max=100, help="Other images of each text.")
    ] = 4,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change an option: parts.clip.encoder.model=FOLDER"),
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option("--field", help="Where a field is: reference=caption")
    ] = None,
    format: Annotated[str | None, typer.Option("--format", help="Renamings by name.")] = None,
    remote: Annotated[
        bool,
        typer.Option("--allow-remote-images", help="Fetch images that are http or https URLs."),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Of rows and mismatches.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write there, not to standard output.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No messages.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks of errors.")] = False,
) -> None:
    """Show how a reward's encoder separates matching from mismatched pairs; propose saturate_at."""
    from rewardkit.analysis.drawing import draw_rollouts
    from rewardkit.cli.calibrate_tables import tables
    from rewardkit.cli.results import check_place, show
    from rewardkit.formats import read_renamings
    from rewardkit.rewards import parse_option

    source = check_text(text)
    paths = [Path(name) for name in inputs if name != "-"]
    if output is not None:
        check_place(output, paths)
    changes = dict(map(parse_option, overrides or []))
    loaded = load(reward, changes, remote)
    drawn = draw_rollouts(inputs, read_renamings(format, field or []), limit, seed)
    tell(drawn, quiet)
    report = calibrate(loaded, drawn, source, mismatches, seed)
    report = with_options(report, reward, changes)
    show(report, lambda: tables(report), as_json=as_json, output=output, inputs=paths)
    if any(part.proposal.weak for part in report.parts):
        raise typer.Exit(1)


def check_text(text: str) -> "TextSource":
    """Read the option `--text`.

    Raises:
        ConfigError: When it is no such word.
    """
    if text == "completion":
        return "completion"
    if text == "reference":
        return "reference"
    raise ConfigError(f"--text: expected completion or reference, got {text!r:.60}")


def load(reward: str, changes: dict[str, object], remote: bool) -> "Reward":
    """Load the reward and find out, before any row is read, whether its encoders can be had.

    Raises:
        ConfigError: When they can't, or no part of it has one.
    """
    from rewardkit.analysis.model_parts import cosine_parts
    from rewardkit.rewards import allow_remote_images, load_reward

    sys.path.append(os.getcwd())  # for module:name; last, so that it can hide nothing installed
    with contextlib.redirect_stdout(sys.stderr):  # a user's file may print while it is loaded
        loaded = load_reward(reward, options=changes)
        if remote:
            loaded = allow_remote_images(loaded)
        for part in cosine_parts(loaded).values():
            part.encoder.check()
    return loaded


def calibrate(
    reward: "Reward", drawn: "Draw", text: "TextSource", mismatches: int, seed: int
) -> "CalibrationReport":
    """Compare the pairs of each part."""
    from rewardkit.analysis.calibrating import calibrate_part
    from rewardkit.analysis.calibration_report import CalibrationReport
    from rewardkit.analysis.model_parts import cosine_parts
    from rewardkit.engine.image_paths import folder_of, with_absolute_images

    rows = [with_absolute_images(rollout, folder_of(path)) for path, rollout in drawn.rollouts]
    with contextlib.redirect_stdout(sys.stderr):  # libraries print while they load a model
        parts = [
            calibrate_part(path, part, rows, text=text, each=mismatches, seed=seed)
            for path, part in cosine_parts(reward).items()
        ]
    return CalibrationReport(
        rows=drawn.total,
        drawn=len(rows),
        rejected=drawn.rejected,
        text=text,
        mismatches=mismatches,
        seed=seed,
        parts=parts,
        options=[],
    )


def with_options(
    report: "CalibrationReport", reward: str, changes: dict[str, object]
) -> "CalibrationReport":
    """The report with the options that put its proposals into force."""
    import msgspec

    from rewardkit.analysis.calibration_report import SettableOption

    options = [
        SettableOption(part.part, at, settable(reward, changes, part.part, at))
        for part in report.parts
        if (at := part.proposal.saturate_at) is not None
    ]
    return msgspec.structs.replace(report, options=options)


def tell(drawn: "Draw", quiet: bool) -> None:
    """Say what was not looked at."""
    from rewardkit.cli.results import note, printable
    from rewardkit.plural import counted

    if drawn.rejected:
        first = printable(drawn.first_rejected, 300)
        note(f"warning: {counted(drawn.rejected, 'line')} rejected, first: {first}", quiet)
    if drawn.total > len(drawn.rollouts):
        note(f"{len(drawn.rollouts)} of {drawn.total} rollouts drawn (--limit)", quiet)


def settable(reward: str, changes: dict[str, object], path: str, value: float) -> str | None:
    """The option of the command line that sets a part's `saturate_at`.

    Returns:
        None where the part can't be reached by a path: in a list, or in a file of the reward's.
    """
    from rewardkit.rewards import load_reward

    option = f"{path}.saturate_at" if path else "saturate_at"
    try:
        load_reward(reward, options={**changes, option: value})
    except ConfigError:
        return None
    return f"--set {option}={value:g}"
