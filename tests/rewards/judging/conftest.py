"""A judge's endpoint that does as it is told."""

from collections.abc import Iterator

import pytest
from judge_server import JudgeServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[JudgeServer]:
    """A real HTTP server on this machine, which answers as each test tells it to."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with JudgeServer() as running:
        yield running
