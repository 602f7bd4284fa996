"""The command `rewardkit`: one file a command, and one place where errors become one clear line."""

import errno
import os
import sys

import typer
from typer.exceptions import TyperException

from rewardkit.cli.compare import compare
from rewardkit.cli.rewards import rewards
from rewardkit.cli.sample import sample
from rewardkit.cli.score import score
from rewardkit.cli.summary import summary
from rewardkit.cli.verify import verify
from rewardkit.errors import RewardkitError, RolloutError

app = typer.Typer(
    name="rewardkit",
    help="Rewards and verifiers for reinforcement learning of language and vision models.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (score, rewards, summary, compare, sample):
    app.command(command.__name__)(command)
# A negative number is an answer, not an option.
app.command("verify", context_settings={"ignore_unknown_options": True})(verify)


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
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], prog_name="rewardkit", standalone_mode=False))
    except RewardkitError as error:
        if debug:
            raise
        fail(str(error), 1 if isinstance(error, RolloutError) else 2)
    except TyperException as error:
        fail(error.format_message(), 2)
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output, such as head, has gone: nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(1)
    except OSError as error:
        if debug:
            raise
        where = f"{error.filename}: " if error.filename else ""
        more = ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            more = "; free some space and run the same command with --resume"
        fail(f"{where}{error.strerror or error}{more}", 2)


def fail(message: str, code: int) -> None:
    """Say what went wrong in one line and stop."""
    print(f"rewardkit: error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(code)
