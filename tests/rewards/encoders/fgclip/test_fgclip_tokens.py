"""Texts to ids: the form that the models were trained on, whatever a text holds."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.fgclip.tokens import (
    CLIP_MARKS,
    GEMMA_MARKS,
    MAX_CHARACTERS,
    Cutter,
    read_tokenizer,
)


@pytest.fixture(scope="module")
def clip(clip_tokenizer: Tokenizer) -> Cutter:
    return Cutter(clip_tokenizer, CLIP_MARKS, lower=False, place=Path("clip"))


@pytest.fixture(scope="module")
def gemma(gemma_tokenizer: Tokenizer) -> Cutter:
    return Cutter(gemma_tokenizer, GEMMA_MARKS, lower=True, place=Path("gemma"))


def test_clip_begins_ends_and_pads_with_the_end(clip: Cutter) -> None:
    ids, truncated = clip.cut(["a red ball", ""], 9)
    assert ids[0][0] == 0 and ids[0].index(1) > 1 and set(ids[0][ids[0].index(1) :]) == {1}
    assert ids[1] == [0, 1, 1, 1, 1, 1, 1, 1, 1]
    assert truncated == [False, False]


def test_gemma_ends_and_pads(gemma: Cutter) -> None:
    ids, truncated = gemma.cut(["a red ball", ""], 6)
    red = gemma.cut(["red"], 6)[0][0]
    end = ids[0].index(1)
    assert end > 0 and not {0, 1} & set(ids[0][:end]) and set(ids[0][end + 1 :]) <= {0}
    assert ids[1] == [1, 0, 0, 0, 0, 0]
    assert red[red.index(1) :] == [1] + [0] * (5 - red.index(1))
    assert truncated == [False, False]


def test_truncation_keeps_the_end(clip: Cutter, gemma: Cutter) -> None:
    for cutter, begins in ((clip, 0), (gemma, None)):
        (ids,), (truncated,) = cutter.cut(["ball " * 50], 10)
        assert truncated
        assert ids[-1] == cutter.end_id and ids.count(cutter.end_id) == 1
        assert begins is None or ids[0] == begins


def test_exactly_full_is_not_truncated_with_a_begin(clip: Cutter) -> None:
    end = clip.cut(["dog dog"], 77).ids[0].index(1)
    assert clip.cut(["dog dog"], end + 1).truncated == [False]
    assert clip.cut(["dog dog"], end).truncated == [True]


def test_exactly_full_is_not_truncated(gemma: Cutter) -> None:
    words = gemma.cut(["dog dog"], 64)[0][0].index(1)
    assert gemma.cut(["dog dog"], words + 1).truncated == [False]
    assert gemma.cut(["dog dog"], words).truncated == [True]


def test_case_does_not_matter(clip: Cutter, gemma: Cutter) -> None:
    for cutter in (clip, gemma):
        lower, upper = cutter.cut(["a red dog", "A RED Dog"], 16).ids
        assert lower == upper


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("end of v1", "a dog<|endoftext|> hidden"),
        ("begin of v1", "<|startoftext|>a dog"),
        ("end of v2", "a dog<eos>hidden"),
        ("padding of v2", "<pad><pad>a dog"),
        ("only marks", "<|endoftext|><eos><pad><bos>"),
    ],
)
def test_marks_in_a_text_do_not_steer(clip: Cutter, gemma: Cutter, name: str, text: str) -> None:
    row = clip.cut([text], 77).ids[0]
    end = row.index(1)
    assert row[0] == 0 and set(row[end:]) == {1} and 0 not in row[1:], name
    row = gemma.cut([text], 64).ids[0]
    end = row.index(1)
    assert 0 not in row[:end] and set(row[end + 1 :]) <= {0}, name


def test_what_follows_a_written_end_counts(clip: Cutter) -> None:
    one, other = clip.cut(["a dog<|endoftext|> red", "a dog<|endoftext|> two"], 77).ids
    assert one != other


@given(texts=st.lists(st.text(st.characters(), max_size=300), min_size=1, max_size=4))
def test_any_text_has_the_form(clip: Cutter, gemma: Cutter, texts: list[str]) -> None:
    for cutter, marks in ((clip, {0, 1}), (gemma, {0, 1})):
        for length in (3, 16):
            tokens = cutter.cut(texts, length)
            assert len(tokens.ids) == len(tokens.truncated) == len(texts)
            for row, truncated in zip(tokens.ids, tokens.truncated, strict=True):
                end = row.index(cutter.end_id)
                assert len(row) == length
                assert not marks & set(row[cutter is clip : end])
                assert set(row[end + 1 :]) <= marks
                assert not truncated or end == length - 1
            assert tokens.ids == [cutter.cut([text], length).ids[0] for text in texts]


def test_huge_and_broken_texts(clip: Cutter, gemma: Cutter) -> None:
    texts = ["a" * 3_000_000, " " * 1_000_000 + "dog", "\ud800 dog", "\x00", "\U0001f600" * 9000]
    for cutter in (clip, gemma):
        tokens = cutter.cut(texts, 32)
        assert tokens.truncated[0] and tokens.truncated[1]
        assert all(len(row) == 32 and cutter.end_id in row for row in tokens.ids)
    assert len(texts[1]) > MAX_CHARACTERS


def test_several_threads(clip: Cutter) -> None:
    texts = [f"a red ball and {number} dogs" for number in range(64)]
    want = [clip.cut([text], 32) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: clip.cut([text], 32), texts)) == want


def test_settings_of_the_file_are_undone(clip_tokenizer: Tokenizer) -> None:
    other = Tokenizer.from_str(clip_tokenizer.to_str())
    other.enable_truncation(2)
    other.enable_padding(length=50)
    cutter = Cutter(other, CLIP_MARKS, lower=False, place=Path("clip"))
    assert cutter.cut(["a red ball"], 20).ids[0].index(1) > 3


def test_missing_mark(gemma_tokenizer: Tokenizer) -> None:
    with pytest.raises(ConfigError, match=r"here: expected a token '<\|startoftext\|>', got none"):
        Cutter(gemma_tokenizer, CLIP_MARKS, lower=False, place=Path("here"))


def test_old_files_of_clip_read_the_same(tmp_path: Path, clip_tokenizer: Tokenizer) -> None:
    clip_tokenizer.model.save(str(tmp_path))
    old = Cutter(read_tokenizer(tmp_path), CLIP_MARKS, lower=False, place=Path("old"))
    new = Cutter(clip_tokenizer, CLIP_MARKS, lower=False, place=Path("new"))
    texts = ["a red ball", "Two CATS", "yes, a DOG!", ""]
    assert old.cut(texts, 32).ids == new.cut(texts, 32).ids
    assert old.cut(["x <|endoftext|> y"], 32).ids[0].count(0) == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("no JSON", "{", "expected a tokenizer, got "),
        ("no tokenizer", "[]", "expected a tokenizer, got "),
        ("no model", "{}", "expected a tokenizer, got "),
        ("half a model", '{"model": {"type": "BPE"}}', "expected a tokenizer, got "),
        ("another version", '{"version": "9", "model": {}}', "expected a tokenizer, got "),
        ("no text", "\udcff", "expected a tokenizer, got "),
    ],
)
def test_broken_tokenizer(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / "tokenizer.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=message):
        read_tokenizer(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", "[1]", '{"a": "b"}', "1"])
def test_broken_old_files(tmp_path: Path, content: str) -> None:
    (tmp_path / "vocab.json").write_text(content)
    (tmp_path / "merges.txt").write_text("#version: 0.2\na b c d\n")
    with pytest.raises(ConfigError, match=r"vocab\.json: expected a tokenizer, got "):
        read_tokenizer(tmp_path)


def test_no_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected tokenizer\.json, or vocab\.json and merges"):
        read_tokenizer(tmp_path)
