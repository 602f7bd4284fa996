"""The encoder around any model: what is computed, what is kept, what can go wrong."""

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from rewardkit.errors import ConfigError, VerifierError
from rewardkit.rewards.encoders import Encoder
from rewardkit.rewards.encoders.base import Tokens
from rewardkit.rewards.encoders.batching import Batches
from rewardkit.rewards.encoders.cache import BoundedCache
from rewardkit.rewards.encoders.figures import Counter
from rewardkit.rewards.encoders.gate import Model
from rewardkit.rewards.encoders.images import READ_AT_ONCE
from rewardkit.rewards.encoders.options import EncoderOptions
from rewardkit.rewards.encoders.texts import CachedTexts
from rewardkit.rewards.encoders.vectors import unit_rows
from rewardkit.rewards.images.source import Unreadable

LIMIT = 12
"""Characters that the stand-in takes of a text."""

Vectors = NDArray[np.float32]


class Colours:
    """A stand-in for a model: a vector is an image's mean colour, or a text's letters.

    `room` images or texts fit at a time. Red images of 255 are NaN, black ones zero; so are the
    texts `nan` and `zero`.
    """

    modes: tuple[str, ...] = ("short", "long")
    dense: bool = True

    def __init__(self, room: int = 1000) -> None:
        """Room for so many."""
        self.room = room
        self.computing = False

    def prepare(self, image: Image.Image) -> object:
        """The mean colour."""
        return np.asarray(image, np.float32).mean(axis=(0, 1))

    def tokenize(self, texts: Sequence[str], mode: str) -> Tokens:
        """An id a character."""
        limit = LIMIT if mode == "short" else 2 * LIMIT
        cut = [text[:limit].ljust(limit) for text in texts]
        return Tokens([[ord(c) for c in row] for row in cut], [len(t) > limit for t in texts])

    def encode_prepared(self, prepared: Sequence[object]) -> Vectors:
        """The colours as they are."""
        self._fit(len(prepared))
        rows = np.stack([one for one in prepared if isinstance(one, np.ndarray)])
        rows[rows[:, 0] == 255.0] = np.nan
        return rows

    def encode_tokens(self, ids: Sequence[Sequence[int]], mode: str) -> Vectors:
        """Counts of letters."""
        self._fit(len(ids))
        texts = ["".join(map(chr, row)).strip() for row in ids]
        rows = np.array([[len(text) + 1, text.count("a"), mode == "long"] for text in texts])
        vectors = rows.astype(np.float32)
        vectors[[text == "zero" for text in texts]] = 0.0
        vectors[[text == "nan" for text in texts]] = np.nan
        return vectors

    def encode_dense(self, prepared: Sequence[object]) -> list[Vectors]:
        """The colour at two rows of three patches."""
        return [np.tile(row, (2, 3, 1)) for row in self.encode_prepared(prepared)]

    def _fit(self, count: int) -> None:
        assert not self.computing, "two threads at once"
        self.computing = True
        assert torch.is_inference_mode_enabled()
        self.computing = False
        if count > self.room:
            raise torch.OutOfMemoryError("no room")


def encoder(room: int = 1000, batch: int | None = None, cache_mb: int = 1) -> Encoder:
    model = Model(Colours(room), torch.device("cpu"), Lock())
    return Encoder(model, EncoderOptions(batch_size=batch, cache_mb=cache_mb))


def picture(red: int, green: int = 10, blue: int = 20) -> Image.Image:
    return Image.new("RGB", (4, 3), (red, green, blue))


def colour(red: int, green: int = 10, blue: int = 20) -> Vectors:
    row = np.array([red, green, blue], np.float64)
    return (row / np.linalg.norm(row)).astype(np.float32)


@given(reds=st.lists(st.integers(0, 254), max_size=30), batch=st.integers(1, 5))
def test_each_distinct_image_is_encoded_once(reds: list[int], batch: int) -> None:
    one = encoder(batch=batch)

    for _ in range(2):
        found = one.image_vectors([picture(red) for red in reds])
        for red, vector in zip(reds, found, strict=True):
            assert not isinstance(vector, Unreadable)
            np.testing.assert_allclose(vector, colour(red), atol=1e-6)

    distinct = len(set(reds))
    assert one.figures.images_asked == 2 * len(reds)
    assert one.figures.images_encoded == distinct
    assert one.figures.image_calls == -(-distinct // batch)


@given(texts=st.lists(st.text("ab", max_size=30), max_size=30), batch=st.integers(1, 5))
def test_each_distinct_text_is_encoded_once_a_mode(texts: list[str], batch: int) -> None:
    one = encoder(batch=batch)

    for mode, limit in (("short", LIMIT), ("long", 2 * LIMIT), (None, LIMIT)):
        found = one.text_vectors(texts, mode)
        assert found.truncated == [len(text) > limit for text in texts]
        for text, vector in zip(texts, found.vectors, strict=True):
            shown = text[:limit]
            row = np.array([len(shown) + 1, shown.count("a"), mode == "long"], np.float64)
            np.testing.assert_allclose(vector, row / np.linalg.norm(row), atol=1e-6)

    assert one.figures.texts_encoded == 2 * len(set(texts))
    assert one.figures.texts_asked == 3 * len(texts)
    cut = [sum(len(t) > limit for t in texts) for limit in (LIMIT, 2 * LIMIT, LIMIT)]
    assert one.figures.texts_truncated == sum(cut)


def test_one_image_by_path_bytes_and_object_is_one(tmp_path: Path) -> None:
    stream = io.BytesIO()
    picture(1).save(stream, "png")
    (tmp_path / "a.png").write_bytes(stream.getvalue())
    (tmp_path / "b.png").write_bytes(stream.getvalue())
    one = encoder()

    sources = [str(tmp_path / "a.png"), tmp_path / "b.png", {"bytes": stream.getvalue()}] * 3
    found = one.image_vectors(sources)

    assert one.figures.images_encoded == 1
    assert all(vector is found[0] for vector in found)


class Anew(Sequence[Image.Image]):
    """Makes each picture when it is asked for, as a column of a dataset does."""

    def __len__(self) -> int:
        """Some."""
        return 40

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - of a sequence, a number or a slice
        """One that nobody else holds."""
        if not 0 <= place < 40:
            raise IndexError
        return picture(place)


def test_a_sequence_that_makes_its_images_anew() -> None:
    for red, vector in enumerate(encoder(batch=3).image_vectors(Anew())):
        assert not isinstance(vector, Unreadable)
        np.testing.assert_allclose(vector, colour(red), atol=1e-6)


def test_no_memory_to_prepare_an_image_is_a_reason() -> None:
    class Narrow(Colours):
        def prepare(self, image: Image.Image) -> object:
            if image.size == (9, 9):
                raise MemoryError
            return super().prepare(image)

    one = Encoder(Model(Narrow(), torch.device("cpu"), Lock()))
    good, bad = one.image_vectors([picture(1), Image.new("RGB", (9, 9))])
    assert not isinstance(good, Unreadable)
    assert bad == Unreadable("image: out of memory when it was prepared")


def test_one_text_is_no_list_of_texts() -> None:
    with pytest.raises(ConfigError, match="expected a list of texts, got the text 'a dog'"):
        encoder().encode_texts("a dog")


def test_equal_files_are_prepared_and_encoded_once_a_call(tmp_path: Path) -> None:
    """However far apart they stand, and without a cache."""
    prepared = []

    class Watched(Colours):
        def prepare(self, image: Image.Image) -> object:
            prepared.append(image)
            return super().prepare(image)

    stream = io.BytesIO()
    picture(1).save(stream, "png")
    sources: list[object] = []
    for number in range(2 * READ_AT_ONCE + 3):
        (tmp_path / f"{number}.png").write_bytes(stream.getvalue())
        sources += [str(tmp_path / f"{number}.png"), picture(number % 2)]
    options = EncoderOptions(batch_size=1, cache_mb=0)
    one = Encoder(Model(Watched(), torch.device("cpu"), Lock()), options)
    one.image_vectors(sources)
    assert (len(prepared), one.figures.images_encoded) == (3, 3)


def test_bad_images_have_a_reason_and_the_others_a_vector(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"not an image")
    sources: list[object] = [picture(1), str(tmp_path / "bad.png"), str(tmp_path / "no.png"), None]
    sources += [picture(255), picture(0, 0, 0), picture(1)]

    found = encoder(batch=2).image_vectors(sources)

    reasons = [one.reason if isinstance(one, Unreadable) else "" for one in found]
    assert [bool(reason) for reason in reasons] == [False, True, True, True, True, True, False]
    assert reasons[4] == "image: the encoder gave NaN or infinity"
    assert reasons[5] == "image: the encoder gave a vector of length 0, which has no direction"


def test_huge_numbers_have_a_direction() -> None:
    """Their squares are beyond float32."""
    [found] = unit_rows(np.array([[3e30, 4e30]], np.float32))
    np.testing.assert_allclose(np.asarray(found), np.array([0.6, 0.8]), atol=1e-7)


def test_texts_of_like_length_are_encoded_together() -> None:
    seen = []

    class Watched(Colours):
        def tokenize(self, texts: Sequence[str], mode: str) -> Tokens:
            seen.append([len(text) for text in texts])
            return super().tokenize(texts, mode)

    one = Encoder(Model(Watched(), torch.device("cpu"), Lock()), EncoderOptions(batch_size=2))
    one.text_vectors(["a", "a" * 9, "ab", "a" * 8])
    assert seen == [[9, 8], [2, 1]]


def test_bad_texts_have_a_fault_and_no_nan_leaves() -> None:
    found = encoder().text_vectors(["a", "nan", "zero"])
    assert [fault is None for fault in found.faults] == [True, False, False]
    assert np.isfinite(found.vectors).all()
    assert found.vectors.shape == (3, 3)
    assert encoder().text_vectors(["nan"]).vectors.shape == (1, 3)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("empty", ""),
        ("half a pair", "\ud800"),
        ("zero", "\x00"),
        ("huge", "ab" * 500_000),
        ("right to left", "\u202eabc"),
    ],
)
def test_any_text_has_a_vector(name: str, text: str) -> None:
    found = encoder().text_vectors([text])
    assert found.faults == [None], name
    assert found.truncated == [len(text) > LIMIT]


def test_out_of_memory_is_halved_and_never_an_exception() -> None:
    one = encoder(room=3, batch=8)
    found = one.image_vectors([picture(red) for red in range(10)])
    assert not any(isinstance(vector, Unreadable) for vector in found)
    assert one.figures.image_calls == 5

    none = encoder(room=0, batch=8)
    assert none.image_vectors([picture(1)]) == [
        Unreadable("image: out of memory with a batch of one")
    ]
    assert none.text_vectors(["a"]).faults == ["out of memory with a batch of one"]


def test_dense_maps() -> None:
    one = encoder()
    [found] = one.dense_maps([picture(1)])
    assert not isinstance(found, Unreadable)
    assert found.shape == (2, 3, 3)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1.0, atol=1e-6)
    assert isinstance(one.dense_maps([picture(255)])[0], Unreadable)
    one.dense_maps([picture(1)])
    assert one.figures.images_encoded == 2


def test_without_dense_features() -> None:
    towers = Colours()
    towers.dense = False
    one = Encoder(Model(towers, torch.device("cpu"), Lock()))
    with pytest.raises(ConfigError, match="expected a model with dense features"):
        one.dense_maps([picture(1)])


def test_unknown_mode() -> None:
    with pytest.raises(ConfigError, match="expected a mode of short, long, got 'box'"):
        encoder().text_vectors(["a"], "box")


def test_plain_arrays() -> None:
    one = encoder()
    assert one.encode_images([picture(1), picture(2), picture(1)]).shape == (3, 3)
    assert one.encode_texts(["a", "b"], "long").shape == (2, 3)
    assert one.encode_images([]).shape == (0, 0)
    assert one.encode_texts([]).shape[0] == 0
    with pytest.raises(VerifierError, match=r"images\[1\]: image: the encoder gave NaN"):
        one.encode_images([picture(1), picture(255)])
    with pytest.raises(VerifierError, match=r"texts\[0\]: the encoder gave NaN"):
        one.encode_texts(["nan"])


def test_what_is_kept_can_not_be_changed() -> None:
    one = encoder()
    [vector] = one.image_vectors([picture(1)])
    assert not isinstance(vector, Unreadable)
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 5.0
    texts = one.encode_texts(["a"])
    texts[0] = 5.0
    assert one.encode_texts(["a"])[0, 0] < 1.0


def test_without_a_cache_every_call_computes() -> None:
    one = encoder(cache_mb=0)
    for _ in range(2):
        one.image_vectors([picture(1)] * 4)
        one.text_vectors(["a"] * 4)
    assert (one.figures.images_encoded, one.figures.texts_encoded) == (2, 2)


@given(calls=st.lists(st.lists(st.text("ab", max_size=4), max_size=6), max_size=12))
def test_a_cache_that_is_too_small_changes_no_vector(calls: list[list[str]]) -> None:
    model, cache = Model(Colours(), torch.device("cpu"), Lock()), BoundedCache[str, Any](900)
    small = CachedTexts(model, Batches(torch.device("cpu"), 2), cache, Counter(), None)
    for texts in calls:
        found = small.find(texts, "short")
        for text, vector in zip(texts, found.vectors, strict=True):
            row = np.array([len(text) + 1, text.count("a"), 0.0])
            np.testing.assert_allclose(vector, row / np.linalg.norm(row), atol=1e-6)
        assert cache.held_bytes <= 900
        assert len(cache) <= 2


def test_threads_share_one_encoder() -> None:
    one = encoder(batch=3)
    alone = [colour(red) for red in range(20)]

    def work(start: int) -> None:
        reds = [(start + step) % 20 for step in range(20)]
        found = one.image_vectors([picture(red) for red in reds])
        for red, vector in zip(reds, found, strict=True):
            assert not isinstance(vector, Unreadable)
            np.testing.assert_allclose(vector, alone[red], atol=1e-6)
        one.text_vectors(["a" * red for red in reds])

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(work, range(16)))

    assert one.figures.images_encoded == 20
    assert one.figures.texts_encoded == 20


def test_threads_with_failing_images_and_models(tmp_path: Path) -> None:
    """What one thread can't have, or dies of, is nothing to the others."""

    class Fragile(Colours):
        def encode_prepared(self, prepared: Sequence[object]) -> Vectors:
            if any(isinstance(one, np.ndarray) and one[2] == 99.0 for one in prepared):
                raise RuntimeError("the card fell off")
            return super().encode_prepared(prepared)

    (tmp_path / "bad.png").write_bytes(b"no image")
    one = Encoder(Model(Fragile(), torch.device("cpu"), Lock()), EncoderOptions(threads=2))

    def work(number: int) -> None:
        if number % 4 == 3:
            with pytest.raises(RuntimeError, match="the card fell off"):
                one.image_vectors([picture(number, blue=99)])
            return
        sources: list[object] = [picture(number), str(tmp_path / "bad.png"), None, picture(3)]
        found = one.image_vectors(sources)
        assert [isinstance(vector, Unreadable) for vector in found] == [False, True, True, False]
        np.testing.assert_allclose(np.asarray(found[0]), colour(number), atol=1e-6)

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(work, range(24)))


def test_images_are_decoded_a_few_at_a_time(tmp_path: Path) -> None:
    """No more decoded images are alive than threads decode, and prepared ones than a batch."""
    alive: set[int] = set()
    most = waiting = longest = 0

    class Watched(Colours):
        def prepare(self, image: Image.Image) -> object:
            nonlocal most, waiting, longest
            with lock:
                alive.add(id(image))
                most = max(most, len(alive))
            found = super().prepare(image)
            with lock:
                alive.discard(id(image))
                waiting += 1
                longest = max(longest, waiting)
            return found

        def encode_prepared(self, prepared: Sequence[object]) -> Vectors:
            nonlocal waiting
            waiting -= len(prepared)
            return super().encode_prepared(prepared)

    lock = Lock()
    model = Model(Watched(), torch.device("cpu"), Lock())
    one = Encoder(model, EncoderOptions(batch_size=4, threads=2))
    one.image_vectors([picture(red) for red in range(100)])

    assert 1 <= most <= 2
    assert longest <= READ_AT_ONCE + 4
    assert one.figures.images_encoded == 100


def test_threads_are_set_and_set_back() -> None:
    seen = []

    class Watched(Colours):
        def encode_tokens(self, ids: Sequence[Sequence[int]], mode: str) -> Vectors:
            seen.append(torch.get_num_threads())
            return super().encode_tokens(ids, mode)

    before = torch.get_num_threads()
    model = Model(Watched(), torch.device("cpu"), Lock())
    Encoder(model, EncoderOptions(threads=before + 1)).text_vectors(["a"])
    Encoder(model, EncoderOptions()).text_vectors(["a"])
    assert seen == [before + 1, before]
    assert torch.get_num_threads() == before


def test_autocast_of_the_caller_changes_nothing() -> None:
    seen = []

    class Watched(Colours):
        def encode_tokens(self, ids: Sequence[Sequence[int]], mode: str) -> Vectors:
            seen.append(torch.is_autocast_enabled("cpu"))
            return super().encode_tokens(ids, mode)

    model = Model(Watched(), torch.device("cpu"), Lock())
    with torch.autocast("cpu", torch.bfloat16):
        Encoder(model).text_vectors(["a"])
        assert torch.is_autocast_enabled("cpu")
    assert seen == [False]
