"""What is read as boxes and points, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.types import Reference
from rewardkit.verifiers.geometry.json_text import decode_json, pair_count, unfenced
from rewardkit.verifiers.geometry.limits import Limits
from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.reading import Unread, read_answer, shown
from rewardkit.verifiers.geometry.references import _read_text, read_reference

BOX = Located(box=(1.0, 2.0, 3.0, 4.0))
POINT = Located(points=((5.0, 6.0),))
FRAME = Limits(frame=(100, 50))


def short(value: object) -> str | None:
    """A test's name, for texts that may be long."""
    return value[:30] if isinstance(value, str) else None


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("list of lists", "[[1, 2, 3, 4]]", (BOX,)),
        ("four numbers", "[1, 2, 3, 4]", (BOX,)),
        ("two numbers", "[5, 6]", (POINT,)),
        ("object", '{"bbox_2d": [1, 2, 3, 4]}', (BOX,)),
        ("list of objects", '[{"bbox": [1, 2, 3, 4]}]', (BOX,)),
        ("mixed", '[{"point": [5, 6]}, [1, 2, 3, 4]]', (POINT, BOX)),
        ("fence", "```json\n[[1, 2, 3, 4]]\n```", (BOX,)),
        ("fence without a language", "```\n[[1, 2, 3, 4]]\n```", (BOX,)),
        ("fence, any case", "```JSON\n[[1, 2, 3, 4]]\n```", (BOX,)),
        ("white space", " \n[ [1,\t2, 3.0, 4] ]\n", (BOX,)),
        ("exponent", "[1e0, 2, 0.3e1, 4]", (BOX,)),
        ("nothing to find", "[]", ()),
        (
            "all keys",
            '{"bbox_2d": [1, 2, 3, 4], "point_2d": [5, 6], "label": "A Dog", "score": 0.5}',
            (Located((1, 2, 3, 4), ((5, 6),), "dog", 0.5),),
        ),
        (
            "two points",
            '{"bbox": [1, 2, 3, 4], "points_1": [5, 6], "points_2": [7, 8]}',
            (Located((1, 2, 3, 4), ((5, 6), (7, 8))),),
        ),
        ("number for a label", '{"bbox": [1, 2, 3, 4], "label": 3}', (Located(BOX.box, (), "3"),)),
        ("null for a key", '{"bbox": [1, 2, 3, 4], "label": null, "point": null}', (BOX,)),
        ("null beside a box", '{"bbox": [1, 2, 3, 4], "bbox_2d": null}', (BOX,)),
        ("empty label", '{"bbox": [1, 2, 3, 4], "label": " "}', (BOX,)),
        ("colon", '{"bbox": [1, 2, 3, 4], "label": "a:b"}', (Located(BOX.box, (), "a:b"),)),
    ],
    ids=short,
)  # fmt: skip
def test_reads(name: str, text: str, found: tuple[Located, ...]) -> None:
    assert read_answer(text, Limits(), "either") == found, name
    assert read_reference(text, Limits(), "either") == found, name


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("words", "a dog", "JSON is malformed"),
        ("words around it", "Here: [[1, 2, 3, 4]]", "JSON is malformed"),
        ("two lists", "[[1, 2, 3, 4]] or [[5, 6, 7, 8]]", "trailing characters"),
        ("fence and more", "```json\n[[1, 2, 3, 4]]\n``` or not", "JSON is malformed"),
        ("fence of another language", "```python\n[[1, 2, 3, 4]]\n```", "JSON is malformed"),
        ("Python", "[{'bbox': [1, 2, 3, 4]}]", "JSON is malformed"),
        ("comment", "[[1, 2, 3, 4]] // dog", "trailing characters"),
        ("trailing comma", "[[1, 2, 3, 4],]", "trailing comma"),
        ("NaN", "[NaN, 2, 3, 4]", "JSON is malformed"),
        ("infinity", "[1, 2, Infinity, 4]", "JSON is malformed"),
        ("too large for a float", "[1, 2, 1e999, 4]", "out of range"),
        ("huge integer", f"[1, 2, {'9' * 400}, 4]", "out of range"),
        ("beyond", "[1, 2, 1e8, 4]", "beyond 1e+07"),
        ("truth value", "[true, 2, 3, 4]", "got `bool`"),
        ("strings", '["1", "2", "3", "4"]', "got `str`"),
        ("null", "null", "got `null`"),
        ("three numbers", "[1, 2, 3]", "a number by itself"),
        ("five numbers", "[[1, 2, 3, 4, 5]]", "a box of 5 numbers, not 4"),
        ("no numbers", "[[]]", "a box of 0 numbers"),
        ("mixed with numbers", "[1, [1, 2, 3, 4]]", "a number by itself"),
        ("no box", '[{"label": "dog"}]', "object 1: neither a box nor a point"),
        ("second is wrong", "[[1, 2, 3, 4], [3, 2, 1, 4]]", "object 2: a box without an area"),
        ("x reversed", "[3, 2, 1, 4]", "x1 = 3, x2 = 1"),
        ("y reversed", "[1, 4, 3, 2]", "y1 = 4, y2 = 2"),
        ("hardly any width", "[0, 2, 9e-7, 4]", "x1 = 0, x2 = 9e-07"),
        ("no width", "[1, 2, 1, 4]", "x1 = 1, x2 = 1"),
        ("unknown key", '{"bbox_2d": [1, 2, 3, 4], "box": [5, 6, 7, 8]}', "unknown field `box`"),
        ("key twice", '{"bbox": [1, 2, 3, 4], "bbox": [5, 6, 7, 8]}', "a key stands twice"),
        ("key twice, the same", '[{"bbox": [1, 2, 3, 4], "bbox": [1, 2, 3, 4]}]', "stands twice"),
        ("key twice, escaped", '{"bbox": [1, 2, 3, 4], "bb\\u006fx": [5, 6, 7, 8]}', "twice"),
        ("two boxes", '{"bbox": [1, 2, 3, 4], "bbox_2d": [5, 6, 7, 8]}', "two boxes"),
        ("two points", '{"point": [1, 2], "point_2d": [5, 6]}', "two points"),
        ("null for a box", '{"bbox": null}', "neither a box nor a point"),
        ("null twice", '{"bbox": null, "bbox": [1, 2, 3, 4]}', "a key stands twice"),
        ("one point null", '{"points_1": [1, 2], "points_2": null}', "expected together"),
        ("three points", '{"points_1": [1, 2], "points_2": [3, 4], "point": [5, 6]}', "without an"),
        ("huge confidence", '{"bbox": [1, 2, 3, 4], "score": 1e308}', "a confidence beyond 1e+09"),
        ("label below 0", '{"bbox": [1, 2, 3, 4], "label": -1}', "a label that is no number of 0"),
        ("huge label", f'{{"bbox": [1, 2, 3, 4], "label": {"9" * 400}}}', "a label that is no"),
        ("one of two points", '{"points_1": [1, 2]}', "points_1 and points_2 expected together"),
        ("long label", f'{{"bbox": [1, 2, 3, 4], "label": "{"x" * 201}"}}', "a label of more"),
        ("nested lists", "[" * 30_000, "got `array`"),
        ("nested objects", '{"bbox":' * 8_000, "got `object`"),
        ("quotes", '"' * 60_000, "got `str`"),
        ("open string", '["' + '\\"' * 30_000, "truncated"),
        ("surrogate", "\ud800", "JSON is malformed"),
    ],
    ids=short,
)  # fmt: skip
def test_does_not_read(name: str, text: str, reason: str) -> None:
    found = read_answer(text, Limits(), "either")

    assert isinstance(found, Unread), name
    assert found.status == "unreadable_answer", name
    assert reason in found.reason, found.reason
    assert len(found.reason) < 300


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("[0, 0, 100, 50]", True),
        ("[-0.0, 0, 100, 50]", True),
        ("[0, 0, 100.5, 50]", False),
        ("[-1, 0, 100, 50]", False),
        ("[0, 0, 50, 100]", False),
    ],
)
def test_frame(text: str, fine: bool) -> None:
    assert isinstance(read_answer(text, FRAME), tuple) is fine
    assert isinstance(read_reference(text, FRAME), tuple) is fine
    assert isinstance(read_answer(text, Limits()), tuple)


def test_a_box_of_one_pixel_needs_inclusive_corners() -> None:
    assert isinstance(read_answer("[5, 5, 5, 5]", Limits()), Unread)
    assert isinstance(read_answer("[5, 5, 5, 5]", Limits(inclusive=True)), tuple)
    assert isinstance(read_answer("[5, 5, 4, 5]", Limits(inclusive=True)), Unread)


def test_too_much_is_too_hard() -> None:
    few = Limits(max_objects=2)
    three = str([[1, 2, 3, 4]] * 3)

    assert read_answer(three, few) == Unread(
        "answer_too_hard", "the answer has 3 objects, the limit is 2"
    )
    assert read_reference(three, few) == Unread(
        "unreadable_reference", "reference: 3 objects, the limit is 2"
    )
    long = read_answer("[" + " " * 70_000 + "]", few)
    assert isinstance(long, Unread)
    assert long.status == "answer_too_hard"
    assert isinstance(read_reference(" " * 70_000, few), Unread)


@pytest.mark.parametrize(
    ("name", "reference", "boxes"),
    [
        ("list", [[1, 2, 3, 4]], 1),
        ("tuple inside", [(1, 2, 3, 4)], 1),
        ("flat", [1, 2, 3, 4], 1),
        ("object", {"bbox_2d": [1, 2, 3, 4]}, 1),
        ("null keys", [{"bbox_2d": [1, 2, 3, 4], "point_2d": None, "label": None}], 1),
        ("unknown keys", [{"bbox_2d": [1, 2, 3, 4], "area": 4, "iscrowd": 0}], 1),
        ("empty", [], 0),
        ("JSON", "[[1, 2, 3, 4], [1, 2, 3, 5]]", 2),
        ("Seg-Zero", "<box>(1,2),(3,4)</box><points>(1,2),(3,4)</points>", 1),
        ("Seg-Zero, box alone", "<box>(1,2),(3,4)</box>", 1),
    ],
)
def test_reads_references(name: str, reference: Reference, boxes: int) -> None:
    found = read_reference(reference, Limits())

    assert isinstance(found, tuple), (name, found)
    assert len(found) == boxes


@pytest.mark.parametrize(
    "reference",
    [
        *(None, 7, 1.5, "", " ", "a dog", "<box>(1,2)</box>", {}, {"boxes": []}, [None], ["x"]),
        *([[1, 2, 3]], [[1, 2, 3, float("nan")]], [[1, 2, 3, float("inf")]], [[3, 2, 1, 4]]),
        *([True] * 4, [10**400] * 4, [["1", "2", "3", "4"]], ["\ud800"], [[[1, 2, 3, 4]]]),
        [{"bbox_2d": None}],
    ],
)
def test_does_not_read_references(reference: Reference) -> None:
    found = read_reference(reference, Limits())

    assert isinstance(found, Unread)
    assert found.status == "unreadable_reference"
    assert found.reason.startswith("reference: ")


def test_a_text_over_the_limit_is_not_kept() -> None:
    """The cache holds what was read, and a line of a file may have 32 MiB."""
    _read_text.cache_clear()

    assert isinstance(read_reference("x" * 65_537, Limits()), Unread)
    assert _read_text.cache_info().currsize == 0
    assert isinstance(read_reference("x" * 65_536, Limits()), Unread)
    assert _read_text.cache_info().currsize == 1


def test_an_integer_of_any_size_is_no_reference() -> None:
    assert isinstance(read_reference(10**5000, Limits()), Unread)


@given(st.text() | st.text(alphabet='[]{}",:0123456789.eE-+bo x_2d\\`\n'))
def test_any_text_is_objects_or_a_reason(text: str) -> None:
    found = read_answer(text, FRAME, "either")

    assert found == read_answer(text, FRAME, "either")
    if isinstance(found, tuple):
        assert read_reference(text, FRAME, "either") == found
        assert all(one.box or one.points for one in found)
        assert len(shown(found)) <= 500
    else:
        assert found.reason


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4))
def test_pairs_are_counted_outside_of_strings(pairs: dict[str, str]) -> None:
    import msgspec

    assert pair_count(msgspec.json.encode([pairs, [pairs]]).decode()) == 2 * len(pairs)


@pytest.mark.parametrize("text", ["", "```", "``````", "```json```", "```json\n```", "[1]"])
def test_a_fence_needs_a_line_of_its_own(text: str) -> None:
    assert unfenced(text) == ("" if text == "```json\n```" else text)


def test_no_json_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        decode_json("[" * 60_000, list[object])
