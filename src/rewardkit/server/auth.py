"""Who may ask: a token from the environment, compared in constant time."""

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping

from rewardkit.errors import ConfigError

VARIABLE = "REWARDKIT_TOKEN"
"""The environment variable that holds the token; never an option, which every user could list."""

OPEN_PATHS = frozenset({"/health", "/ready"})
"""What an orchestrator asks without a token; they say nothing but yes or no."""


class Guard:
    """Lets requests in that bring the token, or all of them where there is none."""

    def __init__(self, token: str | None) -> None:
        """Take the token, None for no protection."""
        self._token = None if token is None else token.encode()

    def admits(self, path: str, authorization: bytes | None) -> bool:
        """Whether a request may be answered.

        Besides `Bearer TOKEN` a client may send the token as the password of basic
        authentication, for some take it from the URL alone: `http://:TOKEN@host/get_reward`.

        >>> guard = Guard("secret")
        >>> guard.admits("/score", b"Bearer secret"), guard.admits("/score", b"Bearer Secret")
        (True, False)
        >>> guard.admits("/score", None), guard.admits("/health", None)
        (False, True)
        """
        if self._token is None or path in OPEN_PATHS:
            return True
        scheme, _, given = (authorization or b"").partition(b" ")
        given = given.strip()
        if scheme.lower() == b"basic":
            try:
                given = base64.b64decode(given, validate=True).partition(b":")[2]
            except binascii.Error:
                return False
        elif scheme.lower() != b"bearer":
            return False
        return hmac.compare_digest(given, self._token)


def read_token(environment: Mapping[str, str]) -> str | None:
    """The token of the environment, None where there is none.

    Raises:
        ConfigError: When it is empty or no client could send it; its text is never shown.

    >>> read_token({"REWARDKIT_TOKEN": ""})
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: REWARDKIT_TOKEN: expected a token, got an empty text
    """
    token = environment.get(VARIABLE)
    if token is None:
        return None
    if not token:
        raise ConfigError(f"{VARIABLE}: expected a token, got an empty text")
    if not all("!" <= character <= "~" for character in token):
        raise ConfigError(f"{VARIABLE}: expected visible ASCII characters alone, got others")
    return token


def check_exposure(host: str, token: str | None, no_auth: bool) -> None:
    """Refuse to let other machines in without a token, unless that is what was asked for.

    Raises:
        ConfigError: Saying what to do.
    """
    if token is None and not no_auth and not is_loopback(host):
        raise ConfigError(
            f"--host {host}: expected a token in {VARIABLE}, for other machines can reach this "
            "address, got none; --no-auth serves without"
        )
    if token is not None and no_auth:
        raise ConfigError(f"--no-auth: expected no token in {VARIABLE}, got one")


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own.

    >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
