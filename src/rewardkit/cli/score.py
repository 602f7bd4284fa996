"""`rewardkit score`: files of rollouts in, scored lines out."""

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rewardkit.errors import ConfigError
from rewardkit.plural import counted

if TYPE_CHECKING:
    from rewardkit.engine.report import Report


def score_command(
    inputs: Annotated[
        list[str],
        typer.Argument(
            help="Files of rollouts: JSONL (also .gz, .zst) or Parquet; folders of them, patterns, "
            "URLs such as s3://; - is standard input."
        ),
    ],
    reward: Annotated[
        str,
        typer.Option("--reward", "-r", help="A preset's name, a YAML file, or file.py:name."),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="Output file, also .gz, .zst and .parquet; FOLDER/ gets one for each input; - is "
            "stdout.",
        ),
    ] = "-",
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change an option of the reward: parts.format.weight=0.5"),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="Where a field stands in the input: completion=response"),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="Whose field names: verl, trl, openrlhf, easyr1, lm-eval; parquet: the output is "
            "Parquet where its name doesn't say. Both: verl,parquet.",
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the input's own fields.")] = False,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            min=0,
            help="Processes that score; 0: one a core, and one only where the reward has a model.",
        ),
    ] = 0,
    engine: Annotated[
        Literal["local", "ray"], typer.Option("--engine", help="Who scores: this machine, or Ray.")
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option("--address", help="Ray's cluster; without it Ray starts on this machine."),
    ] = None,
    gpus: Annotated[
        float | None,
        typer.Option("--gpus", min=0, help="GPUs for each of Ray's actors, such as 1 or 0.25."),
    ] = None,
    remote: Annotated[
        bool,
        typer.Option("--allow-remote-images", help="Fetch images that are http or https URLs."),
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a killed run was.")] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw a killed run away and begin again.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Stop at a line that is no rollout; exit 1 if unjudged."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what came of it as JSON on standard output.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Score rollouts.

    A line that is not a rollout goes to OUT.rejected.jsonl; what was done is written to
    OUT.meta.json.
    """
    from rewardkit.cli.score_options import ray_options, split_format
    from rewardkit.cli.score_progress import progress_bar
    from rewardkit.engine.inputs import expand_inputs
    from rewardkit.engine.plan import Request
    from rewardkit.engine.shards import run_all
    from rewardkit.formats import read_renamings
    from rewardkit.rewards import allow_remote_images, load_reward, parse_option, uses_models

    if resume and restart:
        raise ConfigError("--resume, --restart: expected one of them, got both")
    if as_json and output == "-":
        raise ConfigError("--json: expected an output file, got scored lines on standard output")
    format, parquet = split_format(format)
    ray = ray_options(engine, address, gpus)
    files = expand_inputs(inputs)
    sys.path.append(os.getcwd())  # for module:name; last, so that it can hide nothing installed
    with contextlib.redirect_stdout(sys.stderr):  # a user's file may print while it is loaded
        loaded = load_reward(reward, options=dict(map(parse_option, overrides or [])))
        if remote:
            loaded = allow_remote_images(loaded)
        # Ray knows its own cores
        processes = workers or (0 if ray else 1 if uses_models(loaded) else cores())
    request = Request(
        files,
        output,
        loaded,
        read_renamings(format, field or []),
        keep,
        processes,
        resume,
        restart,
        strict,
        parquet,
        ray=ray,
    )
    with progress_bar(files, quiet) as progress:
        report = run_all(request, progress)
    if not quiet:
        tell(report, output)
    if as_json:
        print_json(report, output)
    if strict and (report.counts.unjudged or report.counts.error):
        raise typer.Exit(1)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def tell(report: "Report", output: str) -> None:
    """Say on stderr what came of it, one line each."""
    from rewardkit.engine.plan import printed

    counts = report.counts
    mean = "none" if report.mean is None else f"{report.mean:.4f}"
    resumed = f", {report.resumed_at:,} of them before" if report.resumed_at else ""
    say(f"scored {counts.scored:,} of {counts.rollouts:,} rollouts{resumed}, mean reward {mean}")
    if counts.unjudged:
        say(f"warning: {counts.unjudged:,} not judged, reward null; `rewardkit summary` says why")
    if counts.truncated_texts:
        share = counts.truncated_texts / counts.rollouts
        say(f"warning: the encoder saw only the beginning of {share:.1%} of the texts")
    if counts.error:
        failed = counted(counts.error, "rollout")
        say(f"warning: the reward failed on {failed}, first: {report.first_error}")
    if counts.rejected:
        every = "*" if output.endswith("/") else ""
        kept = f", kept in {printed(output)}{every}.rejected.jsonl" if output != "-" else ""
        lines = counted(counts.rejected, "line")
        say(f"warning: {lines} rejected{kept}, first: {report.first_rejected}")
    if report.repeats:
        say(f"warning: {report.first_repeat}")
    if report.restarts:
        workers = counted(report.restarts, "scoring worker")
        say(f"warning: {workers} died; the work went on in others")


def say(message: str) -> None:
    """Print one line for a person."""
    print(f"rewardkit: {message}", file=sys.stderr)


def print_json(report: "Report", output: str) -> None:
    """Print the counts for a program."""
    import msgspec

    from rewardkit.engine.plan import printed

    result = {
        "output": printed(output),
        "counts": report.counted(),
        "mean": report.mean,
        "first_rejected": report.first_rejected or None,
        "first_error": report.first_error or None,
        "worker_restarts": report.restarts,
    }
    print(msgspec.json.encode(result).decode())
