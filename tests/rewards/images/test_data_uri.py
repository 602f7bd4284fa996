"""Data URIs as the standard has them, and as they are found in the wild."""

import base64
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.images import data_uri
from rewardkit.rewards.images.data_uri import decode_data_uri
from rewardkit.rewards.images.source import Unreadable

DATA = bytes(range(250, 256)) + b">>>???" + b"x"
CODE = base64.b64encode(DATA).decode()

READ = {
    "plain": f"data:image/png;base64,{CODE}",
    "capitals": f"DATA:Image/PNG;BASE64,{CODE}",
    "no padding": f"data:image/png;base64,{CODE.rstrip('=')}",
    "too much padding": f"data:image/png;base64,{CODE}==",
    "lines": "data:image/png;base64," + "\r\n".join([CODE[:5], CODE[5:]]) + "\n",
    "letters of URLs": f"data:image/png;base64,{base64.urlsafe_b64encode(DATA).decode()}",
    "escaped base64": "data:image/png;base64," + CODE.replace("+", "%2B").replace("=", "%3D"),
    "parameters": f"data:image/png;charset=utf-8;name=a.png;base64,{CODE}",
    "any bytes": f"data:application/octet-stream;base64,{CODE}",
    "no type": f"data:;base64,{CODE}",
    "no type, no semicolon": "data:," + quote_from_bytes(DATA),
    "percent": "data:image/png," + quote_from_bytes(DATA),
    "another type of image": f"data:image/jpeg;base64,{CODE}",
}


@pytest.mark.parametrize("uri", READ.values(), ids=READ)
def test_reads(uri: str) -> None:
    assert decode_data_uri(uri) == DATA


REFUSED = {
    "empty": ("data:image/png;base64,", "expected an image, got no data"),
    "only spaces": ("data:image/png;base64, \n", "expected an image, got no data"),
    "nothing": ("data:", "expected a comma before the data"),
    "no comma": ("data:image/png;base64", "expected a comma before the data"),
    "late comma": ("data:image/png;" + "x" * 2000 + ",AA", "expected a comma before the data"),
    "text": ("data:text/plain;base64,QQ==", "expected a media type of an image, got text/plain"),
    "other letters": ("data:image/png;base64,A*B!", "expected base64"),
    "not ASCII": ("data:image/png;base64,狗", "expected base64"),
    "half a pair": ("data:image/png;base64,\ud800", "expected base64"),
    "torn": ("data:image/png;base64,AAAAA", "expected base64"),
    "padding inside": ("data:image/png;base64,AA==AAAA", "expected base64"),
    "wrong escape": ("data:image/png;base64,AA%zz", "expected base64"),
}


@pytest.mark.parametrize(("uri", "words"), REFUSED.values(), ids=REFUSED)
def test_refuses(uri: str, words: str) -> None:
    result = decode_data_uri(uri)

    assert isinstance(result, Unreadable)
    assert words in result.reason
    assert len(result.reason) < 250


@pytest.mark.parametrize("length", [999, 1000])
def test_size_is_bounded(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_uri, "MAX_BYTES", 999)

    result = decode_data_uri("data:image/png;base64," + base64.b64encode(bytes(length)).decode())

    assert (result == bytes(length)) == (length == 999)


def test_long_text_is_not_even_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_uri, "MAX_BYTES", 10)

    result = decode_data_uri("data:," + "a" * 30)

    assert isinstance(result, Unreadable)
    assert "got 31 characters" in result.reason


def test_escapes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_uri, "MAX_ESCAPES", 3)

    assert decode_data_uri("data:," + "%41" * 3) == b"AAA"
    assert isinstance(decode_data_uri("data:," + "%41" * 4), Unreadable)


@given(st.binary(min_size=1, max_size=100))
def test_round_trip(data: bytes) -> None:
    assert decode_data_uri("data:image/x;base64," + base64.b64encode(data).decode()) == data
    assert decode_data_uri("data:image/x," + quote_from_bytes(data)) == data


@given(st.text(max_size=60))
def test_any_text_is_bytes_or_a_reason(text: str) -> None:
    for uri in (f"data:{text}", f"data:image/png;base64,{text}", f"data:image/png,{text}"):
        result = decode_data_uri(uri)
        assert isinstance(result, Unreadable) or 0 < len(result)
