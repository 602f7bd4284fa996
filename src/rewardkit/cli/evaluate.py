"""`rewardkit eval`: rollouts of a model on held-out questions, scored and summarised."""

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rewardkit.cli import rollout_options as options
from rewardkit.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rewardkit.cli.eval_scoring import EvalReport
    from rewardkit.rewards.base import Reward

ROLLOUTS, SCORED = "rollouts.jsonl", "scored.jsonl"
"""Files of the output's folder."""


def eval_command(
    data: options.Data,
    model: options.ModelPath,
    reward: Annotated[
        str,
        typer.Option("--reward", "-r", help="A preset's name, a YAML file, or file.py:name."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change an option of the reward: parts.format.weight=0.5"),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option("--part", help="The part that tells right from wrong. Default: accuracy."),
    ] = None,
    correct_at: Annotated[
        float, typer.Option("--correct-at", help="Values from here on are right.")
    ] = 1.0,
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="Replies a question.")] = 1,
    temperature: Annotated[
        float, typer.Option("--temperature", "-t", min=0.0, help="0 is greedy, with -n 1.")
    ] = 0.0,
    top_p: options.TopP = 1.0,
    max_tokens: options.MaxTokens = 2048,
    batch_size: options.BatchSize = None,
    revision: options.Revision = None,
    dtype: options.DtypeOption = "auto",
    engine: options.EngineOption = "transformers",
    template: options.TemplateOption = None,
    field: options.Field = None,
    format: options.Format = None,
    split: options.Split = None,
    subset: options.Subset = None,
    limit: options.Limit = None,
    seed: options.Seed = 0,
    resume: options.Resume = False,
    restart: options.Restart = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Stop at a question that can't be put to the model; exit 1 if unjudged.",
        ),
    ] = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Evaluate a model: generate replies, score them, and show accuracy by task.

    Writes rollouts.jsonl and scored.jsonl into the folder, each with its side-car. The same as
    `rollout`, `score --keep` and `summary` one after the other.
    """
    options.check_installed("eval", engine)
    from rewardkit.analysis.parts import check_correct_at
    from rewardkit.cli.results import show
    from rewardkit.cli.rollout import tell
    from rewardkit.cli.rollout_progress import progress_bar
    from rewardkit.cli.train import silence

    check_correct_at(correct_at)
    judge = load_checked(reward, overrides or [])
    request = options.make_request(
        data=data,
        output=str(output / ROLLOUTS),
        model=model,
        revision=revision,
        dtype=dtype,
        n=n,
        temperature=temperature,
        top_p=top_p,
        max_tokens=max_tokens,
        batch_size=batch_size,
        engine=engine,
        template=template,
        field=field,
        format=format,
        split=split,
        subset=subset,
        limit=limit,
        seed=seed,
        resume=resume,
        restart=restart,
        strict=strict,
    )
    make_folder(output, resume or restart)
    silence(debug)
    from rewardkit.cli.eval_scoring import evaluated, score_rollouts
    from rewardkit.generation.rollout_run import run_rollout

    with progress_bar(quiet) as progress:
        made = run_rollout(request, progress)
    if not options.is_first_process():
        return
    if not quiet:
        tell(made, request.output)
    scored = score_rollouts(request, output / SCORED, judge, quiet)
    report = evaluated(output / SCORED, made, part, correct_at)
    if as_json or not quiet:
        show(report, lambda: tables(report), as_json=as_json)
    if strict and (scored.counts.unjudged or scored.counts.error):
        raise typer.Exit(1)


def load_checked(reward: str, overrides: list[str]) -> "Reward":
    """The reward, whose models can be had.

    Raises:
        ConfigError: When it can't be loaded, or lacks a model.
    """
    from rewardkit.engine.checks import check_models
    from rewardkit.rewards import load_reward, parse_option

    sys.path.append(os.getcwd())  # for module:name; last, so that it can hide nothing installed
    with contextlib.redirect_stdout(sys.stderr):  # a user's file may print while it is loaded
        loaded = load_reward(reward, options=dict(map(parse_option, overrides)))
    check_models(loaded)
    return loaded


def make_folder(folder: Path, takes_up: bool) -> None:
    """Make the output's folder, and look for an unfinished scoring before rollouts are paid for.

    Raises:
        ConfigError: When it can't be made, or holds what would be in the way.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: expected a folder, got: {error.strerror}") from error
    partial = Path(f"{folder / SCORED}.partial")
    if not takes_up and (partial / "state.json").exists():
        raise ConfigError(
            f"{partial}: expected no unfinished run, got one; add --resume to go on with it or "
            "--restart to throw it away"
        )


def tables(report: "EvalReport") -> list["RenderableType"]:
    """Lay a report out for a person: accuracy by task first."""
    from rich.text import Text

    from rewardkit.cli import summary_tables
    from rewardkit.cli.results import new_table, number, printable

    names = ("questions", "judged", "unjudged", "mean", "± error", "any right", "tokens", "cut off")
    table = new_table(f"{printable(report.summary.correctness)} by task", ["task"], names)
    for found in report.tasks:
        counts = map(str, (found.questions, found.judged, found.unjudged))
        shares = map(number, (found.mean, found.error, found.any_right, found.tokens))
        cells = (*counts, *shares, number(found.truncated))
        table.add_row(Text(printable(found.task)), *cells)
    return [table, *summary_tables.tables(report.summary)]
