"""Where a judge is asked, with what key, and the HTTP client that does it."""

from dataclasses import dataclass, field
from typing import Final

import httpx

from rewardkit.errors import ConfigError

_SECRET: Final = 8
"""Characters of a key that may be secret: `EMPTY`, `none` or `0` are not, and stand anywhere."""


@dataclass(frozen=True)
class Endpoint:
    """Where and how to ask; the key is not in its `repr`.

    Attributes:
        url: Of the chat completions.
        key: Sent as bearer token; empty for none.
        timeout_s: For one attempt, from connecting to the last byte.
        deadline_s: For all attempts and pauses of one question.
        retries: Attempts after the first.
        backoff_s: The first pause; each later one is twice as long, at most 30 s.
    """

    url: str
    key: str = field(repr=False)
    timeout_s: float
    deadline_s: float
    retries: int
    backoff_s: float

    def without_key(self, data: bytes) -> bytes:
        """What a server sent without the key that it may repeat, as it is or in JSON."""
        if len(self.key) < _SECRET:
            return data
        for form in (self.key, self.key.replace("/", r"\/")):
            data = data.replace(form.encode(), b"[key]")
        return data


def open_client(endpoint: Endpoint, connections: int) -> httpx.AsyncClient:
    """A client for one endpoint.

    Raises:
        ConfigError: As `make_client`.
    """
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    return make_client(headers, connections)


def make_client(headers: dict[str, str], connections: int) -> httpx.AsyncClient:
    """A client that follows no redirect, for that would carry the prompt and the key elsewhere.

    Raises:
        ConfigError: When the environment names a proxy or certificates that can't be used.
    """
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    try:
        # Time is limited around whole attempts: httpx's own limits start with every piece anew.
        return httpx.AsyncClient(
            headers=headers, limits=limits, timeout=None, follow_redirects=False
        )
    except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
        why = " ".join(str(error).split())[:200]
        raise ConfigError(
            "judge: could not make an HTTP client; look at the environment's proxies "
            f"(HTTP_PROXY, ALL_PROXY …) and certificates (SSL_CERT_FILE …): {why}"
        ) from None
