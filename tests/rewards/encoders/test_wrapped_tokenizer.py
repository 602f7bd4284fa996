"""Rows of ids: what stands around a text, where it is cut, and what can't get in."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerBase

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.tokenizing import WrappedTokenizer

LENGTH = 40
PIECES = st.sampled_from(
    ["a", " ", "dog", "<|endoftext|>", "<|startoftext|>", "<eos>", "<pad>", "<bos>", "<unk>", "猫"]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is never changed
@given(text=TEXTS.map(lambda text: text.encode("utf-8", "replace").decode()))
def test_a_text_can_not_end_itself(tokenizer: PreTrainedTokenizerBase, text: str) -> None:
    """Whatever a reply says: one end token, behind it padding alone, nothing special before it."""
    [row], [truncated] = WrappedTokenizer(tokenizer, LENGTH).cut([text])

    has_start = tokenizer.bos_token_id is not None and row[0] == tokenizer.bos_token_id
    end = row.index(tokenizer.eos_token_id)
    own = row[has_start:end]
    assert len(row) == LENGTH
    assert set(row[end + 1 :]) <= {tokenizer.pad_token_id}
    assert tokenizer.pad_token_id not in own
    assert not truncated or end == LENGTH - 1


def test_special_tokens_in_a_text_do_not_hide_the_rest(tokenizer: PreTrainedTokenizerBase) -> None:
    cut = WrappedTokenizer(tokenizer, LENGTH).cut
    for special in tokenizer.all_special_tokens:
        rows, _ = cut([f"dog {special} dog", f"dog {special} cat"])
        assert rows[0] != rows[1], special


def test_plain_texts_as_the_tokenizer_itself(tokenizer: PreTrainedTokenizerBase) -> None:
    texts = ["", "a", "a red ball", "dog " * 9, "dog " * 90]
    expected = tokenizer(texts, padding="max_length", truncation=True, max_length=LENGTH)

    rows, truncated = WrappedTokenizer(tokenizer, LENGTH).cut(texts)

    assert rows == expected["input_ids"]
    assert truncated == [len(tokenizer(text)["input_ids"]) > LENGTH for text in texts]


@pytest.mark.parametrize("tokenizer", ["clip"], indirect=True)
def test_padding_may_be_a_word(tokenizer: PreTrainedTokenizerBase) -> None:
    """Some CLIPs are padded with the exclamation mark, which stays one inside a text."""
    own = tokenizer("a!?b", add_special_tokens=False)["input_ids"]
    tokenizer.pad_token = "!"
    [row], _ = WrappedTokenizer(tokenizer, LENGTH).cut(["a!?b"])
    assert tokenizer.pad_token_id in own
    assert row[1 : len(own) + 1] == own


def test_padding_on_the_left(tokenizer: PreTrainedTokenizerBase) -> None:
    tokenizer.padding_side = "left"
    [row], _ = WrappedTokenizer(tokenizer, LENGTH).cut(["a"])
    assert row[0] == tokenizer.pad_token_id
    assert row[-1] == tokenizer.eos_token_id


def test_no_texts(tokenizer: PreTrainedTokenizerBase) -> None:
    assert WrappedTokenizer(tokenizer, LENGTH).cut([]) == ([], [])


def test_without_padding(tokenizer: PreTrainedTokenizerBase) -> None:
    tokenizer.pad_token = None
    with pytest.raises(ConfigError, match="a tokenizer with a padding token, got none"):
        WrappedTokenizer(tokenizer, LENGTH)
