"""What an image's place is, and what it is called in a reason."""

import re
from typing import Final
from urllib.parse import urlsplit

MAX_SHOWN: Final = 80
"""Characters of a name in a reason; of a path its end says more than its beginning."""

_SCHEME = re.compile(r"(data(?=:)|file(?=:/)|[A-Za-z][A-Za-z0-9+.-]+(?=://))", re.IGNORECASE)


def scheme_of(text: str) -> str:
    r"""The scheme of a URI in lower case; empty for a path.

    >>> scheme_of("data:image/png;base64,AA"), scheme_of("HTTPS://a.b/c.png")
    ('data', 'https')
    >>> scheme_of("images/cat.png"), scheme_of("C:\\cat.png")
    ('', '')
    """
    found = _SCHEME.match(text[:40])
    return found[1].lower() if found else ""


def shown_text(text: str, from_end: bool = False) -> str:
    r"""At most `MAX_SHOWN` characters on one line; the rest is an ellipsis.

    >>> shown_text("a\nb"), shown_text("x" * 100)[-3:]
    ('a\\nb', 'xx…')
    """
    cut = text[-MAX_SHOWN:] if from_end else text[:MAX_SHOWN]
    safe = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)
    if len(text) <= MAX_SHOWN:
        return safe
    return f"…{safe}" if from_end else f"{safe}…"


def shown_uri(uri: str) -> str:
    """A URI in short: a data URI without its data, a URL without what may be secret.

    >>> shown_uri("data:image/png;base64,AAAA"), shown_uri("https://me:pw@a.b/c.png?key=1")
    ('data:image/png;base64,…', 'https://a.b/c.png')
    """
    if scheme_of(uri) == "data":
        return shown_text(uri[:MAX_SHOWN].partition(",")[0]) + ",…"
    try:
        parts = urlsplit(uri[:2048])
        host, path = parts.netloc.rpartition("@")[2], parts.path
    except ValueError:  # brackets that hold no IPv6 address
        return shown_text(uri.partition("?")[0].rpartition("@")[2])
    return shown_text(f"{parts.scheme}://{host}{path}")
