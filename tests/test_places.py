"""Places that fsspec knows, as packages for them behave: a host, blocks, errors of their own."""

from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.spec import AbstractBufferedFile, AbstractFileSystem
from fsspec.utils import infer_storage_options

from rewardkit.engine.inputs import expand_inputs
from rewardkit.engine.plan import Request
from rewardkit.engine.report import Report
from rewardkit.engine.shards import run_all
from rewardkit.engine.url_sink import stage_of
from rewardkit.errors import ConfigError
from rewardkit.places import without_secrets
from rewardkit.reading import iter_lines
from rewardkit.rewards import load_reward

REWARD = load_reward({"kind": "constant", "value": 0.5})
LINES = b"".join(b'{"completion": "%0100d"}\n' % k for k in range(9000))


class RefusedError(Exception):
    """An error with no base that other file systems' errors have."""


class Blocks(AbstractBufferedFile):  # type: ignore[misc]  # fsspec has no types
    """A file that is read in blocks, as those of object stores are."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        if start <= HostFileSystem.broken_at < end:
            raise RefusedError("half://me:pw@h/x?sig=1 broke")
        return HostFileSystem.files[self.path][start:end]


class HostFileSystem(AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """A file system whose URLs name a host, and perhaps a user, before the path."""

    protocol = "host"
    root_marker = "/"
    files: dict[str, bytes]
    broken_at: int
    cachable = False

    def __init__(self, host: str = "", **options: Any) -> None:  # noqa: ANN401 - as fsspec has it
        """Take the host."""
        super().__init__(**options)
        self.host = host

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(infer_storage_options(path)["path"]).rstrip("/")

    @staticmethod
    def _get_kwargs_from_urls(path: str) -> dict[str, Any]:
        return {"host": infer_storage_options(path).get("host", "")}

    def ls(self, path: str, detail: bool = True, **options: object) -> list[dict[str, Any]]:
        """The files of a folder, of this one host."""
        if self.host != "h":
            raise RefusedError(f"no host '{self.host}', asked by host://me:pw@h{path}?sig=1")
        path = path.rstrip("/")
        found = [name for name in self.files if name == path or name.startswith(f"{path}/")]
        if not found:
            raise FileNotFoundError(path)
        return [
            {"name": name, "size": len(self.files[name]), "type": "file"} for name in sorted(found)
        ]

    def _open(self, path: str, mode: str = "rb", **options: object) -> Blocks:
        return Blocks(self, path, mode, block_size=2**16)

    def put_file(self, source: str, target: str, **options: object) -> None:
        """Nothing can be written."""
        raise RefusedError("no writing")


@pytest.fixture(autouse=True)
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[HostFileSystem]:
    monkeypatch.chdir(tmp_path)
    fsspec.register_implementation("host", HostFileSystem, clobber=True)
    HostFileSystem.files = {"/in/b.jsonl": LINES, "/in/a.jsonl": b"bad\n" + LINES[:118]}
    HostFileSystem.broken_at = -1
    monkeypatch.setattr("rewardkit.engine.chunks.CHUNK_BYTES", 2**14)
    return HostFileSystem


def run(*inputs: str, output: str, resume: bool = False) -> Report:
    request = Request(expand_inputs(inputs), output, REWARD, resume=resume)
    return run_all(request, lambda position, counts: None)


def test_lines_of_a_file_that_comes_in_blocks() -> None:
    report = run("host://h/in/b.jsonl", output="out.jsonl")

    assert report.counts.rollouts == 9000
    assert [line + b"\n" for _, line in iter_lines("host://h/in/b.jsonl")] == LINES.splitlines(True)


def test_without_fsspec_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(
        ConfigError, match=r"host://h/x\?…: expected fsspec: pip install 'rewardkit"
    ):
        expand_inputs(["host://h/x?sig=1"])


@pytest.mark.parametrize("given", ["host://h/in", "host://h/in/", "host://h/in/*.jsonl"])
def test_files_of_a_folder_keep_their_host(given: str) -> None:
    assert expand_inputs([given]) == ("host://h/in/a.jsonl", "host://h/in/b.jsonl")


def test_folder_that_is_named_like_its_host(host: type[HostFileSystem]) -> None:
    host.files = {"/h/a.jsonl": b""}

    assert expand_inputs(["host://h/h"]) == ("host://h/h/a.jsonl",)


def test_what_a_place_raises_is_one_line_without_secrets() -> None:
    with pytest.raises(ConfigError) as error:
        run("host://me:pw@x/in?sig=1", output="out.jsonl")

    assert str(error.value) == (
        "host://x/in?…: expected to list it, got: no host 'x', asked by host://h/?…"
    )


def test_broken_connection_loses_nothing_that_was_scored(host: type[HostFileSystem]) -> None:
    run("host://h/in/b.jsonl", output="whole.jsonl")
    host.broken_at = 2**19
    with pytest.raises(ConfigError) as error:
        run("host://h/in/b.jsonl", output="out.jsonl")
    assert str(error.value) == (
        "host://h/in/b.jsonl: expected a readable file, got: half://h/x?… broke"
    )
    host.broken_at = -1
    report = run("host://h/in/b.jsonl", output="out.jsonl", resume=True)

    assert 0 < report.resumed_at < 9000
    assert Path("out.jsonl").read_bytes() == Path("whole.jsonl").read_bytes()


def test_secrets_of_a_url_are_written_nowhere() -> None:
    run("host://me:pw@h/in/a.jsonl", output="out.jsonl")

    for path in Path().iterdir():
        assert b"pw" not in path.read_bytes()
    assert b'"path": "host://h/in/a.jsonl"' in Path("out.jsonl.meta.json").read_bytes()


def test_refused_output_stays_here() -> None:
    with pytest.raises(ConfigError, match=r"host://h/out.jsonl: expected to .*got: no.* --resume"):
        run("host://h/in/a.jsonl", output="host://me:pw@h/out.jsonl")

    assert stage_of("host://h/out.jsonl") == stage_of("host://me:pw@h/out.jsonl")
    assert (stage_of("host://h/out.jsonl") / "output").exists()


TEXTS = {
    "s3://bucket/a@b.jsonl": "s3://bucket/a@b.jsonl",
    "s3://bucket/part-?.jsonl": "s3://bucket/part-?.jsonl",
    "ftp://me@h/a": "ftp://h/a",
    "https://h/a?X-Credential=A/b&Signature=c": "https://h/a?…",
    "see 'https://u:p@h/a?t=1', 500": "see 'https://h/a?…', 500",
    "a@b/c?d=e.jsonl": "a@b/c?d=e.jsonl",
}


@pytest.mark.parametrize("text", TEXTS)
def test_only_secrets_are_left_out(text: str) -> None:
    assert without_secrets(text) == TEXTS[text]
