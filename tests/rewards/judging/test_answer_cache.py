"""The judge's cache: asked once, for clear answers alone, shared, and never a reason to fail."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from judge_server import JudgeServer, in_turn, say, send

from rewardkit.errors import ConfigError
from rewardkit.rewards.judge import Judge
from rewardkit.rewards.judging.answer_cache import AnswerCache, request_key
from rewardkit.types import Rollout

ROW = Rollout(completion="0.75", reference="3/4")


def judge_of(
    server: JudgeServer,
    cache: Path | None,
    **options: Any,  # noqa: ANN401 - of every type
) -> Judge:
    path = None if cache is None else str(cache)
    given = {"base_url": server.url, "model": "m", "backoff_s": 0.001, **options}
    return Judge(cache=path, **given)


def test_asked_once_for_all_runs(server: JudgeServer, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    first = judge_of(server, path)([ROW])
    server.stop()
    assert judge_of(server, path)([ROW, ROW]) == first * 2
    assert len(server.requests) == 1


def test_another_address_has_the_same_answers(server: JudgeServer, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    first = judge_of(server, path)([ROW])
    elsewhere = judge_of(server, path, base_url="http://127.0.0.1:9/v1", retries=0, timeout_s=1.0)
    assert elsewhere([ROW]) == first


@pytest.mark.parametrize(
    "options",
    [
        {"model": "n"},
        {"criteria": "be strict"},
        {"temperature": 1.0},
        {"max_tokens": 7},
        {"seed": 1},
        {"structured": True},
        {"prompt": "{reply} {reference}"},
    ],
)
def test_whatever_decides_is_part_of_the_key(
    options: dict[str, object], server: JudgeServer, tmp_path: Path
) -> None:
    path = tmp_path / "answers.sqlite"
    judge_of(server, path)([ROW])
    judge_of(server, path, **options)([ROW])
    assert len(server.requests) == 2


UNCLEAR = {
    "unclear": say('{"verdict": "unclear"}'),
    "malformed": say("yes"),
    "cut off": say('{"verdict": "correct"}', "length"),
    "refused": send(b"", 400),
    "no chat completion": send(b"<html>"),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_only_clear_answers_are_kept(name: str, server: JudgeServer, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    server.behave = in_turn(UNCLEAR[name], say('{"verdict": "wrong"}'))
    values = [judge_of(server, path)([ROW])[0].value for _ in range(3)]
    assert values == [None, 0.0, 0.0]
    assert len(server.requests) == 2


@pytest.mark.parametrize("kept", ["yes", "", '{"verdict": "unclear"}', b"\xff\x00"])
def test_what_no_longer_reads_is_asked_again(
    kept: str | bytes, server: JudgeServer, tmp_path: Path
) -> None:
    path = tmp_path / "answers.sqlite"
    judge_of(server, path)([ROW])
    with sqlite3.connect(path) as database:
        database.execute("UPDATE judge_answers SET answer = ?", (kept,))
    database.close()
    assert judge_of(server, path)([ROW])[0].value == 1.0
    assert judge_of(server, path)([ROW])[0].value == 1.0
    assert len(server.requests) == 2, "the better answer took its place"


@pytest.mark.parametrize(
    "name", ["text", "other table", "folder", "no folder", "zero byte", "nobody's home", "nothing"]
)
def test_what_is_no_cache_is_refused_before_any_work(
    name: str, server: JudgeServer, tmp_path: Path
) -> None:
    path = tmp_path / "answers.sqlite"
    if name == "text":
        path.write_text("no database at all" * 100)
    elif name == "other table":
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE judge_answers (a INTEGER)")
        database.close()
    elif name == "folder":
        path.mkdir()
    else:
        named = {"zero byte": "a\0b", "nobody's home": "~nobody-of-that-name/x", "nothing": ""}
        path = Path(named[name]) if name in named else path / "x" / "y"
    reward = judge_of(server, path)
    with pytest.raises(ConfigError, match=r"judge\.cache: expected a file"):
        reward.check()
    with pytest.raises(ConfigError, match=r"judge\.cache: expected a file"):
        reward([ROW])
    assert server.requests == []


def test_a_cache_that_breaks_on_the_way_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with AnswerCache(str(path)) as cache:
        cache.put("a", "1")
        with sqlite3.connect(path) as database:
            database.execute("DROP TABLE judge_answers")
        database.close()
        with pytest.warns(RuntimeWarning, match="could not write .* going on without it"):
            cache.put("b", "2")
        cache.put("c", "3")
        assert cache.get_many(["a", "b", "c"]) == {}


def test_a_read_that_fails_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with AnswerCache(str(path)) as cache:
        with sqlite3.connect(path) as database:
            database.execute("DROP TABLE judge_answers")
        database.close()
        with pytest.warns(RuntimeWarning, match="could not read"):
            assert cache.get_many(["a", "b"]) == {}


def test_the_word_for_memory_is_a_file_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with AnswerCache(":memory:") as cache:
        cache.put("a", "1")
    with AnswerCache(":memory:") as cache:
        assert cache.get_many(["a"]) == {"a": "1"}


def test_threads_share_a_cache(tmp_path: Path) -> None:
    path = str(tmp_path / "answers.sqlite")

    def work(number: int) -> None:
        with AnswerCache(path) as cache:
            for step in range(10):
                cache.put(f"{number} {step}", "x")
                cache.put("same", "y")

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(work, range(4)))
    with AnswerCache(path) as cache:
        assert len(cache.get_many([f"{n} {s}" for n in range(4) for s in range(10)])) == 40
        assert cache.get_many(["same", "missing"]) == {"same": "y"}


def test_processes_share_a_cache(tmp_path: Path) -> None:
    path = str(tmp_path / "answers.sqlite")
    code = (
        "import sys; from rewardkit.rewards.judging.answer_cache import AnswerCache\n"
        "with AnswerCache(sys.argv[1]) as cache:\n"
        "    for step in range(50): cache.put(f'{sys.argv[2]} {step}', 'x')"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, path, str(n)]) for n in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    with AnswerCache(path) as cache:
        assert len(cache.get_many([f"{n} {s}" for n in range(2) for s in range(50)])) == 100


def test_what_was_kept_survives_a_kill(tmp_path: Path) -> None:
    path = str(tmp_path / "answers.sqlite")
    code = (
        "import os, sys; from rewardkit.rewards.judging.answer_cache import AnswerCache\n"
        "cache = AnswerCache(sys.argv[1])\n"
        "for step in range(20): cache.put(str(step), 'x')\n"
        "os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == -9
    with AnswerCache(path) as cache:
        assert len(cache.get_many([str(step) for step in range(20)])) == 20
    assert [file.name for file in tmp_path.iterdir()] == ["answers.sqlite"]


def test_keys_differ_by_any_byte() -> None:
    assert request_key(b"a") == request_key(b"a") != request_key(b"b")
