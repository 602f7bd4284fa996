"""Perception tokens: what is well built, and how far it agrees with a reference."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import PerceptionTokens
from rewardkit.rewards.token_codes import read_depth_codes, read_token_boxes
from rewardkit.types import Reference, Rollout, Score


def depth(codes: list[int], between: str = "") -> str:
    return "<DEPTH_START>" + between.join(f"<DEPTH_{code}>" for code in codes) + "<DEPTH_END>"


def boxes(*given: tuple[int, int, int, int], between: str = ",") -> str:
    return "\n".join(
        f"Bounding box {number}: ({between.join(f'<PIXEL_{pixel}>' for pixel in box)})"
        for number, box in enumerate(given, start=1)
    )


SEVENS = depth([7] * 100)
BOX = (10, 20, 30, 40)


def short(value: object) -> str | None:
    """A test's name, for texts that may be long."""
    return value[:30] if isinstance(value, str) else None


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("well built", SEVENS, None),
        ("text around it", f"The depth map is {SEVENS}. So the left one.", None),
        ("white space", depth([7] * 100, "\n"), None),
        ("largest code", depth([127] * 100), None),
        ("99 codes", depth([7] * 99), "99 depth codes, expected 100"),
        ("101 codes", depth([7] * 101), "more than 100 depth codes, expected 100"),
        ("a million codes", depth([7] * 1_000_000), "more than 100 depth codes, expected 100"),
        ("code too large", depth([7] * 99 + [128]), "depth code 128, expected 0 to 127"),
        ("code much too large", depth([7] * 99 + [1000]), "99 depth codes, expected 100"),
        ("leading zero", depth([7] * 99) + "<DEPTH_07>", "99 depth codes, expected 100"),
        ("words between", depth([7] * 100, "a"), "1 depth codes, expected 100"),
        ("words behind", SEVENS.replace("<DEPTH_END>", "a<DEPTH_END>"), "something else than"),
        ("no end", SEVENS.replace("<DEPTH_END>", ""), "1 DEPTH_START and 0 DEPTH_END"),
        ("no start", SEVENS.replace("<DEPTH_START>", ""), "0 DEPTH_START and 1 DEPTH_END"),
        ("two maps", SEVENS * 2, "2 DEPTH_START and 2 DEPTH_END"),
        ("end before start", "<DEPTH_END>" + SEVENS[:-11], "0 depth codes"),
        ("codes outside", SEVENS + "<DEPTH_7>", "depth codes outside"),
        ("broken code outside", SEVENS + "<DEPTH_", "depth codes outside"),
        ("other digits", SEVENS.replace("<DEPTH_7>", "<DEPTH_\u0667>"), "0 depth codes"),
        ("empty", "", "0 DEPTH_START and 0 DEPTH_END"),
        ("starts", "<DEPTH_START>" * 100_000, "100000 DEPTH_START"),
        ("blanks", "<DEPTH_START>" + " " * 1_000_000 + "<DEPTH_END>", "0 depth codes"),
    ],
    ids=short,
)
def test_depth_structure(name: str, text: str, fault: str | None) -> None:
    found = read_depth_codes(text)
    [score] = PerceptionTokens()([Rollout(completion=text)])

    assert score.value == float(fault is None), name
    if fault is None:
        assert len(found) == 100
    else:
        assert isinstance(found, str)
        assert found.startswith(fault), (name, found)


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("one", boxes(BOX), 1),
        ("spaces", boxes(BOX, between=", "), 1),
        ("three and words", "I see\n" + boxes(BOX, BOX, BOX) + "\nSo three.", 3),
        ("fifteen", boxes(*[BOX] * 15), 15),
        ("whole frame", boxes((0, 0, 335, 335)), 1),
        ("none", "I see nothing.", 0),
        ("sixteen", boxes(*[BOX] * 16), "64 pixel tokens, expected at most 15 boxes"),
        ("pixel too large", boxes((0, 0, 336, 10)), "box 1: pixel 336, expected 0 to 335"),
        ("no width", boxes((10, 0, 10, 10)), "box 1: without an area"),
        ("reversed", boxes(BOX, (10, 20, 30, 10)), "box 2: without an area"),
        ("three pixels", "(<PIXEL_1>,<PIXEL_2>,<PIXEL_3>)", "3 pixel tokens, 0 of them in boxes"),
        ("stray token", boxes(BOX) + "<PIXEL_1>", "5 pixel tokens, 4 of them in boxes"),
        ("no parentheses", "<PIXEL_1>,<PIXEL_2>,<PIXEL_3>,<PIXEL_4>", "4 pixel tokens, 0 of them"),
        ("numbers", "(1,2,3,4)", 0),
        ("a million tokens", "<PIXEL_1>" * 1_000_000, "1000000 pixel tokens"),
        ("a million parentheses", "(" * 1_000_000 + " " * 100, 0),
        ("far blanks", f"({' ' * 100_000}<PIXEL_1>", "1 pixel tokens, 0 of them"),
    ],
    ids=short,
)
def test_box_structure(name: str, text: str, count: int | str) -> None:
    found = read_token_boxes(text)
    [score] = PerceptionTokens(tokens="boxes")([Rollout(completion=text)])

    if isinstance(count, str):
        assert isinstance(found, str)
        assert found.startswith(count), (name, found)
        assert score == Score(0.0, found)
    else:
        assert len(found) == count, (name, found)
        assert score.value == float(count > 0)


@pytest.mark.parametrize(
    ("metric", "codes", "reference", "value"),
    [
        ("equal", [7] * 100, [7] * 100, 1.0),
        ("equal", [7] * 60 + [8] * 40, [7] * 100, 0.6),
        ("near", [7] * 100, [7] * 100, 1.0),
        ("near", [127] * 100, [0] * 100, 0.0),
        ("near", [7] * 50 + [8] * 50, [7] * 100, 1 - 0.5 / 127),
        ("equal", [7] * 99, [7] * 100, 0.0),
        ("equal", [7] * 100, depth([7] * 100), 1.0),
        ("equal", [7] * 100, {"depth": [7] * 100}, 1.0),
        ("equal", [7] * 100, str([7] * 100), 1.0),
        ("equal", [7] * 100, f'{{"depth": {[7] * 100}}}', 1.0),
        ("equal", [7] * 100, f"[{'[' * 60_000}", None),
        ("equal", [7] * 100, "left", None),
        ("equal", [7] * 100, "[7.0]", None),
        ("equal", [7] * 100, None, None),
        ("equal", [7] * 100, [7] * 99, None),
        ("equal", [7] * 100, [128] * 100, None),
        ("equal", [1] * 100, [True] * 100, None),
        ("equal", [7] * 100, [7.0] * 100, None),
        ("equal", [7] * 100, {"boxes": []}, None),
        ("equal", [7] * 100, [10**5000] * 100, None),
        ("near", [7] * 99, None, None),
    ],
    ids=short,
)
def test_depth_agreement(
    metric: str, codes: list[int], reference: Reference, value: float | None
) -> None:
    reward = PerceptionTokens(metric=metric)  # type: ignore[arg-type]  # a name of the table
    [score] = reward([Rollout(completion=depth(codes), reference=reference)])

    assert score.value == pytest.approx(value), score


@pytest.mark.parametrize(
    ("name", "text", "reference", "value"),
    [
        ("the same", boxes((0, 0, 10, 10)), [[0, 0, 10, 10]], 1.0),
        ("half", boxes((0, 0, 10, 10)), [[0, 0, 10, 5]], 0.5),
        ("one too many", boxes((0, 0, 10, 10), BOX), [[0, 0, 10, 10]], 0.5),
        ("any order", boxes(BOX, (0, 0, 10, 10)), [[0, 0, 10, 10], list(BOX)], 1.0),
        ("tokens", boxes(BOX), boxes(BOX), 1.0),
        ("object", boxes(BOX), {"boxes": [list(BOX)]}, 1.0),
        ("JSON of an object", boxes(BOX), '{"boxes": [[10, 20, 30, 40]], "depth": []}', 1.0),
        ("JSON", boxes(BOX), "[[10, 20, 30, 40]]", 1.0),
        ("none of none", "nothing", [], 1.0),
        ("none", "nothing", [[0, 0, 10, 10]], 0.0),
        ("broken", "<PIXEL_1>", [[0, 0, 10, 10]], 0.0),
        ("reference out of the frame", boxes(BOX), [[0, 0, 10, 336]], None),
        ("no reference", boxes(BOX), None, None),
        ("broken reference", boxes(BOX), "<PIXEL_1>", None),
        ("many in the reference", boxes(BOX), [list(BOX)] * 16, None),
    ],
    ids=short,
)
def test_box_agreement(name: str, text: str, reference: Reference, value: float | None) -> None:
    reward = PerceptionTokens(tokens="boxes", metric="iou")
    [score] = reward([Rollout(completion=text, reference=reference)])

    assert score.value == pytest.approx(value), (name, score)


def test_only_the_section_is_read() -> None:
    reply = f"<think>{SEVENS}</think><answer>left</answer>"

    def value(section: str | None) -> float | None:
        reward = PerceptionTokens(template="think-answer", section=section)
        return reward([Rollout(completion=reply)])[0].value

    assert [value("think"), value("answer"), value(None)] == [1.0, 0.0, 0.0]


PIECES = st.sampled_from(
    [
        *("<DEPTH_START>", "<DEPTH_END>", "<DEPTH_7>", "<DEPTH_", SEVENS),
        *("<PIXEL_1>", "(", ")", ",", boxes(BOX), " ", "x"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_codes_or_a_reason(text: str) -> None:
    codes, found = read_depth_codes(text), read_token_boxes(text)

    assert isinstance(codes, str) or codes == (7,) * 100
    assert isinstance(found, str) or len(found) * 4 == text.count("<PIXEL_")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "iou"}, "perception-tokens.metric: expected one of structure, equal, near for"),
        ({"tokens": "boxes", "metric": "near"}, "perception-tokens.metric: expected one of"),
        ({"tokens": "masks"}, "perception-tokens.tokens: expected one of depth, boxes"),
        ({"section": "x"}, "perception-tokens.template: expected the template of section 'x'"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        PerceptionTokens(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


def test_survives_pickle() -> None:
    reward = PerceptionTokens(tokens="boxes", metric="iou")
    assert pickle.loads(pickle.dumps(reward)) == reward
