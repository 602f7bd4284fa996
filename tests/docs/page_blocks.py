"""Fenced blocks of a Markdown page, with what is said about running them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from sybil import Document, Region
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

INFO = re.compile(r"(?P<language>[\w+-]*)(?P<attributes>[^\n]*)\n")
TITLE = re.compile(r'title="(?P<name>[\w.-]+)"')
MARK = re.compile(r"<!-- not run: (?P<why>\S[^\n]*) -->\n[ ]*\Z")


class Block(NamedTuple):
    """A fenced block; `shown` is what stands right below it as output."""

    language: str
    source: str
    title: str
    why_not_run: str
    shown: str | None


def read_blocks(document: Document) -> Iterator[tuple[Region, Block]]:
    """All fenced blocks of a page, in order."""
    for region, below in pairwise([*RawFencedCodeBlockLexer(INFO)(document), None]):
        assert region is not None
        mark = MARK.search(document.text, 0, region.start)
        title = TITLE.search(region.lexemes["attributes"])
        shown = None
        if below is not None and below.lexemes["language"] == "text":
            touching = not document.text[region.end : below.start].strip()
            shown = str(below.lexemes["source"]) if touching else None
        yield (
            region,
            Block(
                region.lexemes["language"],
                region.lexemes["source"],
                title["name"] if title else "",
                mark["why"] if mark else "",
                shown,
            ),
        )
