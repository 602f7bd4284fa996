"""A tiny run of the benchmark of image rewards, and its parts."""

from pathlib import Path

import pytest
from clip_checkpoints import SIZES, tokenizer, write_checkpoint, write_photos
from perception_contenders import Job, Pair, Taken
from perception_speed import benchmark, best, make_pairs, take
from PIL import Image


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    folder = tmp_path_factory.mktemp("perception")
    write_checkpoint(folder / "clip", SIZES["tiny"], seed=0)
    *photos, other = write_photos(folder, 4)
    pairs = make_pairs(photos, group=3, words=5, seed=0)
    return Job(str(folder / "clip"), pairs, Pair(str(other), "warm"), "cpu", "float32", 1, 4)


@pytest.mark.slow
def test_each_image_is_encoded_once_where_the_others_encode_it_for_each_reply(job: Job) -> None:
    ways = ["rewardkit", "one pair at a time", "batches, nothing shared"]
    report = benchmark(SIZES["tiny"], job, ways, rounds=1)
    cells = [[cell.strip() for cell in line.split("|")] for line in report.splitlines()]
    lines = {line[1]: line for line in cells if len(line) > 2 and line[1] in ways}
    assert [lines[way][3] for way in ways] == ["3", "9", "9"]
    assert [lines[way][4] for way in ways] == ["2", "18", "6"]
    assert all(float(lines[way][6]) < 1e-5 for way in ways)  # the same cosines
    assert lines["rewardkit"][8] == "1.0"


@pytest.mark.slow
def test_a_way_that_fails_says_why(tmp_path: Path, job: Job) -> None:
    (tmp_path / "job.json").write_text("{}", encoding="utf-8")
    result = take("rewardkit", tmp_path / "job.json")
    assert isinstance(result, str) and "missing required field" in result


def test_pairs_of_a_photo_stand_together_and_differ() -> None:
    pairs = make_pairs([Path("a"), Path("b")], group=4, words=6, seed=1)
    assert [pair.image for pair in pairs] == ["a"] * 4 + ["b"] * 4
    assert len({pair.text for pair in pairs}) == 8
    assert pairs == make_pairs([Path("a"), Path("b")], group=4, words=6, seed=1)


def test_photos_are_real_and_all_different(tmp_path: Path) -> None:
    paths = write_photos(tmp_path, 6)
    assert len({path.read_bytes() for path in paths}) == 6
    for path in paths:
        with Image.open(path) as photo:
            assert photo.size == (320, 320)


def test_tokenizer_is_clips() -> None:
    assert tokenizer()("a photo of a cat")["input_ids"] == [49406, 320, 1125, 539, 320, 2368, 49407]


def test_the_fastest_round_counts() -> None:
    slow, fast = (Taken(seconds, 1, 1, 1.0, [0.5]) for seconds in (2.0, 1.0))
    assert best([slow, fast, "broken"]) == fast
    assert best(["broken"]) == "broken"


def test_work_of_an_image_is_that_of_the_matrix_products() -> None:
    """Counted on the published ViT-L/14 at 224 pixels: about 81 GMAC, that is 162 Gflop."""
    assert SIZES["ViT-L-14"].image_flop == pytest.approx(162e9, rel=0.03)
