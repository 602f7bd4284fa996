"""The command `rewardkit`: one file a command, and one place where errors become one clear line."""

import contextlib
import errno
import io
import os
import sys

import typer
from typer.exceptions import TyperException

from rewardkit.cli.calibrate import calibrate_command
from rewardkit.cli.compare import compare_command
from rewardkit.cli.demo import demo_command
from rewardkit.cli.evaluate import eval_command
from rewardkit.cli.export import export_command
from rewardkit.cli.rewards import rewards_command
from rewardkit.cli.rollout import rollout_command
from rewardkit.cli.sample import sample_command
from rewardkit.cli.score import score_command
from rewardkit.cli.serve import serve_command
from rewardkit.cli.summary import summary_command
from rewardkit.cli.train import train_command
from rewardkit.cli.verify import verify_command
from rewardkit.errors import RewardkitError, RolloutError

WRITE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EBADF, errno.EIO)
"""How writing to standard output fails."""

app = typer.Typer(
    name="rewardkit",
    help="Rewards and verifiers for reinforcement learning of language and vision models.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("score")(score_command)
app.command("rewards", short_help="List rewards, presets and the rest, or show one.")(
    rewards_command
)
app.command("summary", short_help="Show what scored files say, part by part.")(summary_command)
app.command("compare", short_help="Show what changed between two scored files.")(compare_command)
app.command("calibrate", short_help="Show how a reward's encoder tells images apart.")(
    calibrate_command
)
app.command("export", short_help="Write the file that an RL stack loads a reward from.")(
    export_command
)
app.command("sample", short_help="Split questions into easy, medium and hard.")(sample_command)
app.command("rollout", short_help="Generate rollouts of a model on questions.")(rollout_command)
app.command("eval", short_help="Generate, score and summarise: accuracy by task.")(eval_command)
app.command("train", short_help="Train: warm-up, sampling, GRPO, evaluation, from one recipe.")(
    train_command
)
app.command("demo", short_help="Train a tiny model on real digits: the whole pipeline.")(
    demo_command
)
app.command("serve", short_help="Serve a reward over HTTP.")(serve_command)
# A negative number is an answer, not an option.
app.command("verify", context_settings={"ignore_unknown_options": True})(verify_command)


def version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        from importlib.metadata import version as installed  # slow to import

        print(f"rewardkit {installed('rewardkit')}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Rewards and verifiers for reinforcement learning of language and vision models."""


def main() -> None:
    """Run the command line.

    Exit codes: 0 done; 1 some lines rejected or unjudged under `--strict`, or no rollout at all;
    2 usage or configuration, or a file that could not be written; 130 interrupted.
    """
    debug = "--debug" in sys.argv
    code = 0
    try:
        prepare_streams()
        code = app(sys.argv[1:] or ["--help"], prog_name="rewardkit", standalone_mode=False) or 0
        sys.stdout.flush()
    except RewardkitError as error:
        if debug:
            raise
        code = fail(str(error), 1 if isinstance(error, RolloutError) else 2)
    except TyperException as error:
        code = fail(error.format_message(), 2)
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    except BrokenPipeError:
        code = 1  # the reader of our output, such as head, has gone: nothing is left to say to it
        silence_stdout()
    except OSError as error:
        if debug:
            raise
        # Only writing text fails without the name of a file, but for what is no file at all.
        stdout = "standard output" if error.errno in WRITE_ERRORS else None
        where = error.filename or stdout
        code = fail(f"{where}: {error.strerror}" if where else str(error.strerror or error), 2)
        silence_stdout()
    sys.exit(code)


def prepare_streams() -> None:
    """Make the standard streams fit to be used, whatever the caller has made of them.

    A closed one must not be given to the next file that is opened, so it becomes one that fails
    when used; and text that the terminal's encoding lacks is written as an escape.
    """
    for fd, name, wrong_way in ((0, "stdin", "w"), (1, "stdout", "r"), (2, "stderr", None)):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDONLY if wrong_way == "r" else os.O_WRONLY)
            if opened != fd:
                os.dup2(opened, fd)
                os.close(opened)
            setattr(sys, name, open(fd, "r" if fd == 0 else "w", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def silence_stdout() -> None:
    """Send what is left to nowhere: the interpreter writes it at its end, and would fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)


def fail(message: str, code: int) -> int:
    """Say what went wrong in one line; gives the exit code."""
    with contextlib.suppress(OSError):  # standard error may be gone as well
        print(f"rewardkit: error: {' '.join(message.split())}", file=sys.stderr)
    return code
