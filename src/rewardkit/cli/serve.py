"""`rewardkit serve`: a reward over HTTP."""

import contextlib
import os
import sys
from typing import Annotated

import typer

from rewardkit.errors import ConfigError


def serve_command(
    reward: Annotated[
        str,
        typer.Option("--reward", "-r", help="A preset's name, a YAML file, or file.py:name."),
    ],
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; others need a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port; 0: one that is free.")
    ] = 8000,
    workers: Annotated[
        int,
        typer.Option(
            "--workers",
            min=0,
            help="Processes that score; 0: one a core, and one only where the reward has a model.",
        ),
    ] = 0,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change an option of the reward: parts.format.weight=0.5"),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="Where a field stands in a row: completion=response"),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", help="Whose field names: verl, trl, openrlhf, easyr1, lm-eval."),
    ] = None,
    deadline: Annotated[
        float, typer.Option("--deadline", help="Seconds for a request; late rows are unjudged.")
    ] = 120.0,
    queue: Annotated[
        int, typer.Option("--queue", min=1, help="Rollouts that may wait; beyond them 429.")
    ] = 16384,
    max_rollouts: Annotated[
        int, typer.Option("--max-rollouts", min=1, help="Rollouts of one request.")
    ] = 4096,
    max_body: Annotated[int, typer.Option("--max-body", min=1, help="Bytes of one request.")] = 32
    * 2**20,
    image_root: Annotated[
        str | None,
        typer.Option("--image-root", help="Folder whose files requests may name as images."),
    ] = None,
    unjudged: Annotated[
        str,
        typer.Option("--unjudged", help="What OpenRLHF gets for 'not judged': a number, or stop."),
    ] = "stop",
    end_tokens: Annotated[
        list[str] | None,
        typer.Option("--end-token", help="Cut off the end of OpenRLHF's replies, too."),
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Let other machines in without a token.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the address as JSON on standard output.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Serve a reward over HTTP.

    POST /score takes rollouts, /get_reward OpenRLHF's requests, /verify NeMo Gym's. The address is
    printed on standard output. A token in REWARDKIT_TOKEN is asked of every request.
    """
    check_installed()
    from rewardkit.cli.score import cores, say
    from rewardkit.engine.checks import check_models
    from rewardkit.formats import read_renamings
    from rewardkit.rewards import load_reward, parse_option, uses_models
    from rewardkit.server.auth import check_exposure, read_token
    from rewardkit.server.limits import Limits
    from rewardkit.server.settings import Settings

    token = read_token(os.environ)
    check_exposure(host, token, no_auth)
    worth = read_unjudged(unjudged)
    if "" in (end_tokens or []):
        raise ConfigError("--end-token: expected a token, got an empty text")
    limits = Limits(queue, max_rollouts, max_body, deadline)
    places = read_renamings(format, field or [])
    sys.path.append(os.getcwd())  # for module:name; last, so that it can hide nothing installed
    with contextlib.redirect_stdout(sys.stderr):  # a user's file may print while it is loaded
        loaded = load_reward(reward, options=dict(map(parse_option, overrides or [])))
        check_models(loaded)
        processes = workers or (1 if uses_models(loaded) else cores())
    settings = Settings(
        loaded,
        host,
        port,
        processes,
        limits,
        places,
        image_root,
        token,
        worth,
        tuple(end_tokens or ()),
    )
    from rewardkit.server.running import serve  # FastAPI, when all else is in order

    serve(
        settings,
        lambda host, port: tell(host, port, as_json),
        (lambda message: None) if quiet else say,
    )


def check_installed() -> None:
    """Refuse to begin without the packages of the extra.

    Raises:
        ConfigError: Naming the extra.
    """
    from importlib.util import find_spec

    for package in ("fastapi", "uvicorn", "prometheus_client"):
        if find_spec(package) is None:
            raise ConfigError(f"serve: expected {package}: pip install 'rewardkit[serve]'")


def read_unjudged(given: str) -> float | None:
    """What a rollout that is not judged is worth to OpenRLHF; None for `stop`.

    Raises:
        ConfigError: For anything but a finite number and `stop`.

    >>> read_unjudged("stop"), read_unjudged("-0.5")
    (None, -0.5)
    """
    from rewardkit.adapters.options import check_unjudged

    if given == "stop":
        return None
    try:
        number = float(given)
        check_unjudged(number)
    except (ValueError, ConfigError):
        raise ConfigError(
            f"--unjudged: expected a finite number or 'stop', got {given!r:.40}"
        ) from None
    return number


def tell(host: str, port: int, as_json: bool) -> None:
    """Print where the server listens: a line that a program can read."""
    import json

    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    line = json.dumps({"url": url, "host": host, "port": port}) if as_json else url
    print(line, flush=True)
