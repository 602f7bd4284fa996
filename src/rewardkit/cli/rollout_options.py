"""The options that `rewardkit rollout` and `rewardkit eval` share, and the request they make."""

import math
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from rewardkit.errors import ConfigError

if TYPE_CHECKING:
    from rewardkit.generation.rollout_plan import Request

Dtype: TypeAlias = Literal["auto", "float32", "bfloat16", "float16"]
Engine: TypeAlias = Literal["transformers", "vllm"]

BATCH_SIZES: dict[Engine, int] = {"transformers": 32, "vllm": 1024}
"""Replies at a time where the user says none; vLLM makes its own batches of what it is given."""

Data = Annotated[
    list[str],
    typer.Argument(
        metavar="DATA…", help="JSONL files of questions, or with --split `datasets` paths."
    ),
]
ModelPath = Annotated[str, typer.Option("--model", "-m", help="A folder or a hub id.")]
Revision = Annotated[str | None, typer.Option("--revision", help="Of the model's hub id.")]
DtypeOption = Annotated[
    Dtype, typer.Option("--dtype", help="Of the weights; auto is the checkpoint's.")
]
TopP = Annotated[
    float, typer.Option("--top-p", min=0.0, max=1.0, help="Share of the nucleus, above 0.")
]
MaxTokens = Annotated[int, typer.Option("--max-tokens", min=1, help="Of a reply.")]
BatchSize = Annotated[
    int | None,
    typer.Option(
        "--batch-size", min=1, help="Replies at a time; default 32, 1024 with vLLM.", metavar="N"
    ),
]
EngineOption = Annotated[Engine, typer.Option("--engine", help="What generates.")]
TemplateOption = Annotated[
    str | None,
    typer.Option("--template", help="Whose instruction ends the prompt: a name or a YAML file."),
]
Field = Annotated[
    list[str] | None,
    typer.Option("--field", help="Where a field stands in the data: prompt=problem"),
]
Format = Annotated[
    str | None,
    typer.Option("--format", help="Whose field names: verl, trl, openrlhf, easyr1, lm-eval."),
]
Split = Annotated[
    str | None,
    typer.Option("--split", help="Of DATA, which are then hub ids or folders of data sets."),
]
Subset = Annotated[
    str | None, typer.Option("--subset", help="The data set's configuration, with --split.")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N questions.")]
Seed = Annotated[int, typer.Option("--seed", help="Of what is drawn.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where a killed run was.")]
Restart = Annotated[
    bool, typer.Option("--restart", help="Throw a killed run away and begin again.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print what came of it as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]


def check_installed(command: str, engine: Engine) -> None:
    """Refuse to begin without what generation needs.

    Raises:
        ConfigError: Naming the first package that is missing.
    """
    for name in ("torch", "transformers", "accelerate", "datasets"):
        if find_spec(name) is None:
            raise ConfigError(
                f"{command}: expected {name}, got none: pip install 'rewardkit[train]'"
            )
    if engine == "vllm" and find_spec("vllm") is None:
        raise ConfigError("--engine: expected vllm installed, got none: pip install vllm")


def make_request(
    *,
    data: list[str],
    output: str,
    model: str,
    revision: str | None,
    dtype: Dtype,
    n: int,
    temperature: float,
    top_p: float,
    max_tokens: int,
    batch_size: int | None,
    engine: Engine,
    template: str | None,
    field: list[str] | None,
    format: str | None,
    split: str | None,
    subset: str | None,
    limit: int | None,
    seed: int,
    resume: bool,
    restart: bool,
    strict: bool,
) -> "Request":
    """Put the options of a command together.

    Raises:
        ConfigError: For options that say nothing, or contradict each other.
    """
    from rewardkit.formats import read_renamings
    from rewardkit.generation.datasets_source import DatasetPath
    from rewardkit.generation.options import Generation, Model
    from rewardkit.generation.rollout_plan import Request
    from rewardkit.templates import load_template

    if resume and restart:
        raise ConfigError("--resume, --restart: expected one of them, got both")
    if not math.isfinite(temperature):
        raise ConfigError(f"--temperature: expected a number from 0 on, got {temperature}")
    if not 0.0 < top_p <= 1.0:
        raise ConfigError(f"--top-p: expected a number above 0 and up to 1, got {top_p}")
    if n > 1 and temperature == 0:
        raise ConfigError(f"-n: expected 1 at temperature 0, as all replies are alike, got {n}")
    if subset is not None and split is None:
        raise ConfigError("--subset: expected --split with it, got none")
    sources = [
        one if split is None else DatasetPath(dataset=one, name=subset, split=split) for one in data
    ]
    return Request(
        data=sources,
        model=Model(path=model, revision=revision, dtype=dtype),
        how=Generation(
            n=n,
            temperature=temperature,
            top_p=top_p,
            max_tokens=max_tokens,
            batch_size=BATCH_SIZES[engine] if batch_size is None else batch_size,
            engine=engine,
        ),
        output=output,
        template=None if template is None else load_template(template),
        places=read_renamings(format, field or []),
        limit=limit,
        seed=seed,
        resume=resume,
        restart=restart,
        strict=strict,
    )


def is_first_process() -> bool:
    """Whether this process is the one that speaks, of those that `accelerate launch` started."""
    return os.environ.get("RANK", "0") == "0"
