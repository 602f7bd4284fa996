"""`rewardkit rollout`: questions in, a model's replies out."""

from typing import TYPE_CHECKING, Annotated

import typer

from rewardkit.cli import rollout_options as options
from rewardkit.errors import ConfigError
from rewardkit.plural import counted

if TYPE_CHECKING:
    from rewardkit.generation.rollout_report import Report


def rollout_command(
    data: options.Data,
    model: options.ModelPath,
    output: Annotated[
        str, typer.Option("--output", "-o", help="Output file, also .gz and .zst; - is stdout.")
    ] = "-",
    n: Annotated[int, typer.Option("-n", "--n", min=1, help="Replies a question.")] = 8,
    temperature: Annotated[
        float, typer.Option("--temperature", "-t", min=0.0, help="0 is greedy, with -n 1.")
    ] = 1.0,
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
        typer.Option("--strict", help="Stop at a question that can't be put to the model."),
    ] = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Generate rollouts: n replies of a model to each question, as lines that `score` reads.

    A question that can't be put to the model goes to OUT.rejected.jsonl; what was done is written
    to OUT.meta.json. Under `accelerate launch -m rewardkit rollout …` on several processes.
    """
    options.check_installed("rollout", engine)
    from rewardkit.cli.rollout_progress import progress_bar
    from rewardkit.cli.train import silence

    if as_json and output == "-":
        raise ConfigError("--json: expected an output file, got rollouts on standard output")
    request = options.make_request(
        data=data,
        output=output,
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
    silence(debug)
    from rewardkit.generation.rollout_run import run_rollout

    with progress_bar(quiet) as progress:
        report = run_rollout(request, progress)
    if not options.is_first_process():
        return
    if not quiet:
        tell(report, output)
    if as_json:
        print_json(report, output)


def tell(report: "Report", output: str) -> None:
    """Say on stderr what came of it, one line each."""
    from rewardkit.cli.results import note

    figures = report.figures
    answered = counted(report.questions - report.rejected, "question")
    before = f", {report.resumed_at:,} of them before" if report.resumed_at else ""
    length = figures.tokens / max(1, figures.rollouts)
    note(
        f"{counted(figures.rollouts, 'rollout')} of {answered}{before}, {length:.1f} tokens each",
        quiet=False,
    )
    if figures.truncated:
        share = figures.truncated / figures.rollouts
        note(f"{share:.1%} of the replies were cut off at --max-tokens", quiet=False)
    if report.rejected:
        kept = f", kept in {output}.rejected.jsonl" if output != "-" else ""
        rejected = counted(report.rejected, "question")
        note(f"warning: {rejected} rejected{kept}, first: {report.first_rejected}", quiet=False)


def print_json(report: "Report", output: str) -> None:
    """Print the counts for a program."""
    import msgspec

    from rewardkit.engine.plan import printed

    result = {"output": printed(output), **msgspec.to_builtins(report)}
    print(msgspec.json.encode(result).decode())
