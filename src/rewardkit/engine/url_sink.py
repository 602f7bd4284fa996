"""Scored lines to a place that files can only be sent to as a whole, such as an object store.

The run is made in a folder of this machine, as any other: that is what makes it resumable. What is
complete is sent, the side-car last, and the folder goes away.
"""

import contextlib
import hashlib
import os
from pathlib import Path

from rewardkit.engine.chunks import Position
from rewardkit.engine.file_sink import Convert, FileSink, made_by
from rewardkit.engine.repeats import Repeats
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.state import Hashed, State
from rewardkit.errors import ConfigError
from rewardkit.places import file_system, one_line, without_secrets

ENDINGS = (".rejected.jsonl", "", ".meta.json")
"""What is sent, in this order: where the side-car stands, all stands."""


class UrlSink:
    """Scored lines to a URL that fsspec knows.

    Attributes:
        complete: Whether the output stood there already, made by the same plan.
        state: How far the run has come.

    Raises:
        ConfigError: As of a `FileSink`; also when the place can't be reached.
    """

    def __init__(
        self, url: str, plan: bytes, resume: bool, restart: bool, convert: Convert | None
    ) -> None:
        """Begin a run, or take up an unfinished one; arguments as of a `FileSink`."""
        self._url = url
        self._system, self._place = file_system(url)
        self.folder = stage_of(url)
        self.folder.mkdir(exist_ok=True)
        self._local = FileSink(self.folder / "output", plan, resume, restart, convert)
        self.state: State = self._local.state
        try:
            self.complete = resume and self._stands(plan)
        except ConfigError:
            self._local.close()
            raise
        if self._local.complete and not self.complete:  # killed before all of it was sent
            self._send()
            self.complete = True
        elif self.complete:
            self.discard()

    def read_meta(self) -> bytes:
        """The side-car of an output that stands there.

        Raises:
            ConfigError: When it can't be read.
        """
        with one_line(self._url, "to reach it"):
            try:
                return bytes(self._system.cat_file(f"{self._place}.meta.json"))
            except FileNotFoundError:
                return b""

    def _stands(self, plan: bytes) -> bool:
        return made_by(self.read_meta(), plan)

    def write(self, position: Position, result: ChunkResult) -> None:
        """Append the lines here."""
        self._local.write(position, result)

    def repeats(self, what: Hashed) -> Repeats:
        """Search the ids or groups written so far for repeats."""
        return self._local.repeats(what)

    def finish(self, meta: bytes) -> None:
        """Complete the output here, then send it."""
        self._local.finish(meta)
        self._send()

    def _send(self) -> None:
        then = f"; the output is complete in {self.folder}, the same command with --resume sends it"
        with one_line(self._url, "to write there", then):
            if self._system.exists(f"{self._place}.meta.json"):
                self._system.rm_file(f"{self._place}.meta.json")  # it belongs to the old output
            for ending in ENDINGS:
                source = Path(f"{self._local.path}{ending}")
                if source.exists():
                    self._system.put_file(str(source), f"{self._place}{ending}")
                elif self._system.exists(f"{self._place}{ending}"):
                    self._system.rm_file(f"{self._place}{ending}")
        self._clear()

    def _clear(self) -> None:
        for ending in ENDINGS:
            Path(f"{self._local.path}{ending}").unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # another run may be at the door
            self.folder.rmdir()

    def discard(self) -> None:
        """Leave nothing here."""
        self._local.discard()
        self._clear()

    def close(self) -> None:
        """Let go of files; what is unfinished stays for `--resume`."""
        self._local.close()
        with contextlib.suppress(OSError):  # it holds an unfinished run
            self.folder.rmdir()


def stage_of(url: str) -> Path:
    """The folder that a run into a URL is made in: in the current one, named after the URL.

    >>> stage_of("s3://bucket/out.jsonl").name
    'out.jsonl.a961648b.sending'
    """
    url = without_secrets(url)
    name = url.rstrip("/").rpartition("/")[2]
    digest = hashlib.blake2b(os.fsencode(url), digest_size=4).hexdigest()
    return Path(f"{name}.{digest}.sending")
