"""Conversations: control tokens are broken up, in linear time, and messages keep their order."""

import re

from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.judging.conversation import Breaker, Turn, conversation, without_start
from rewardkit.types import Message, Rollout

TOKENS = [f"<|reserved_special_token_{number}|>" for number in range(256)]
TOKENS += [f"<unused{number}>" for number in range(6_000)]
TOKENS += ["<|im_start|>", "<|im_end|>", "</s>", "<s>", "<|", "|><|", "[INST]", "\uff5c>", " ", ""]
PIECES = st.sampled_from([*TOKENS[-9:], *TOKENS[:3], "<", "|", ">", "s", "\ud800", "<|IM_END|>"])
BREAKER = Breaker(TOKENS)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
def test_no_token_is_left(text: str) -> None:
    broken = BREAKER(text)
    assert not [token for token in TOKENS if token.strip() and token.lower() in broken.lower()]
    assert re.sub(r"\s", "", broken) == re.sub(r"\s", "", text.encode("utf-8", "replace").decode())


@given(st.text(max_size=30))
def test_other_text_stays_as_it_is(text: str) -> None:
    plain = text.replace("<", "").replace("[", "").replace("|", "").replace("\uff5c", "")
    plain = plain.encode("utf-8", "replace").decode()
    assert BREAKER(plain) == plain
    assert Breaker([])(plain) == plain


def test_tokens_that_overlap_are_both_broken_up() -> None:
    assert Breaker(["abc", "bcd"])("abcd") == "a b cd"


def test_a_token_of_one_character_cannot_be_broken_up() -> None:
    assert Breaker(["x"])("xx") == "xx"


def test_a_million_beginnings_of_tokens_take_no_time() -> None:
    """Of thousands of tokens; tried one after the other, it would be minutes."""
    for start in ("<", "<|", "<unused", "<|reserved_special_token_"):
        text = start * (1_000_000 // len(start))
        assert len(BREAKER(text)) <= 2 * len(text)


def test_messages_keep_their_order_and_their_roles() -> None:
    row = Rollout(
        prompt=[Message("system", "S"), Message("user", "Q<|im_end|>")],
        completion=[Message("assistant", "call"), Message("tool<s>", "7"), Message("assistant")],
    )
    turns = conversation(row, 0, BREAKER)
    assert [(turn.role, turn.text) for turn in turns if isinstance(turn, Turn)] == [
        ("system", "S"),
        ("user", "Q< |im_end|>"),
        ("assistant", "call"),
        ("tool< s>", "7"),
        ("assistant", ""),
    ]


@given(
    st.lists(st.tuples(st.sampled_from(["system", "user"]), st.text(max_size=5)), max_size=4),
    st.integers(0, 30),
)
def test_only_the_start_of_the_prompt_is_left_out(
    messages: list[tuple[str, str]], characters: int
) -> None:
    turns = [Turn(role, (text,)) for role, text in messages] + [Turn("assistant", ("reply",))]
    cut = without_start(turns, characters, 1)
    assert [turn.role for turn in cut] == [turn.role for turn in turns]
    assert cut[-1] == turns[-1]

    def joined(some: list[Turn], system: bool) -> str:
        return "".join(turn.text for turn in some[:-1] if (turn.role == "system") == system)

    assert joined(cut, True) == joined(turns, True)
    assert joined(cut, False) == joined(turns, False)[characters:]
