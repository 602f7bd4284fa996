"""A verifier in a process of its own can hang, crash and blow up: the benchmark goes on."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from isolated import Isolated
from pairs import Pair
from peers import Judge, load_rewardkit


def pair(reference: str, answer: str = "7") -> Pair:
    return Pair("a", reference, answer, None)


@pytest.fixture
def loaders(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Callable[[], Judge]]]:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    module = importlib.import_module("bad_judges")

    def loader(name: str) -> Callable[[], Judge]:
        found: Callable[[], Judge] = getattr(module, name)
        return found

    yield loader


@pytest.mark.parametrize(
    ("reference", "note"),
    [("hang", "hung"), ("raise", "crashed"), ("exit", "crashed"), ("memory", "crashed")],
)
def test_a_lost_verifier_has_no_opinion_and_is_replaced(
    reference: str, note: str, loaders: Callable[[str], Callable[[], Judge]]
) -> None:
    limit_s = 0.5 if note == "hung" else 30.0
    with closing(Isolated(loaders("load_bad"), limit_s, memory_mb=1024)) as verifier:
        assert verifier.ask(pair("fine")).opinion.accepted
        first = int(verifier.ask(pair("pid")).opinion.note)
        lost = verifier.ask(pair(reference))
        assert lost.opinion == (None, note)
        assert note != "hung" or lost.seconds >= limit_s
        second = int(verifier.ask(pair("pid")).opinion.note)
    assert first != second
    assert not psutil.pid_exists(first)
    assert not psutil.pid_exists(second)


def test_a_verifier_that_does_not_load_is_named(
    loaders: Callable[[str], Callable[[], Judge]], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="load_broken: failed"):
        Isolated(loaders("load_broken"), limit_s=30.0)
    assert "not there" in capfd.readouterr().err


def test_times_are_of_the_verifier_alone() -> None:
    with closing(Isolated(load_rewardkit, limit_s=30.0)) as verifier:
        assert verifier.start.load_s > 0
        assert verifier.start.first_s > 0
        timed = verifier.ask(pair("7"))
    assert timed.opinion.accepted is True
    assert timed.opinion.note.startswith("correct, ")
    assert 0 < timed.seconds < verifier.start.first_s
