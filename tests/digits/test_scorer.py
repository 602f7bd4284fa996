"""The demo's scorer: trained on training scans alone, it pays for what an image shows."""

import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from rewardkit import ConfigError, Rollout
from rewardkit.digits import scorer, tiny_fgclip
from rewardkit.digits.perception import CLAIMS, perception_reward
from rewardkit.digits.scorer import junk_texts, train_scorer
from rewardkit.digits.scorer_figures import ScorerFigures, area_under_curve, measure_scorer
from rewardkit.digits.tiny_fgclip import make_tokenizer
from rewardkit.digits.world import FIRST_TEST_SCAN, Scans, draw_rows, load_scans
from rewardkit.rewards import PhraseAlignment, Reward
from rewardkit.rewards.config import decode
from rewardkit.rewards.encoders import FgClip, shared_encoder


class Trained:
    """A scorer of a seed that no setting was chosen by, with fewer steps than the demo has."""

    def __init__(self, folder: Path) -> None:
        """Train it."""
        self.folder = folder
        self.figures = train_scorer(folder, seed=7, steps=500)
        self.reward: Reward = decode(perception_reward(str(folder)))
        self.rows = draw_rows("test", 100, seed=3)

    def paid(self, describe: Callable[[int, int], str]) -> float:
        """What a description of the digits is paid on average, of unseen scans."""
        return statistics.mean(self.values(describe))

    def values(self, describe: Callable[[int, int], str]) -> list[float]:
        """What a description is paid, image by image."""
        scores = self.reward([self.rollout(row, describe) for row in self.rows])
        return [score.value for score in scores if score.value is not None]

    def rollout(self, row: dict[str, Any], describe: Callable[[int, int], str]) -> Rollout:
        """A reply that describes the row's digits so."""
        left, right = (int(claim.split()[-1]) for claim in row["keywords"])
        return Rollout(
            completion=f"<think> {describe(left, right)} </think> <answer> 1 </answer>",
            prompt=row["prompt"],
            images=row["images"],
            keywords=row["keywords"],
        )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return Trained(tmp_path_factory.mktemp("scorer"))


def other(digit: int) -> int:
    return (digit + 4) % 10


def right(a: int, b: int) -> str:
    return f"left is {a} right is {b}"


def test_figures_say_that_it_reads_unseen_digits(trained: Trained) -> None:
    figures = trained.figures
    assert figures.right > 0.85
    assert figures.one_wrong < 0.5
    assert figures.auc_one_wrong > 0.93
    assert figures.auc_both_wrong > 0.99
    assert figures.auc_swapped > 0.99
    assert measure_scorer(trained.folder) == figures


# what a description says, the most that it may be paid on average
WORSE: list[tuple[str, Callable[[int, int], str], float]] = [
    ("left wrong", lambda a, b: f"left is {other(a)} right is {b}", 0.5),
    ("right wrong", lambda a, b: f"left is {a} right is {other(b)}", 0.5),
    ("right no digit", lambda a, b: f"left is {a} right is {b + 10}", 0.6),
    ("both wrong", lambda a, b: f"left is {other(a)} right is {other(b)}", 0.1),
    ("hedged", lambda a, b: f"left is {a} left is {other(a)} right is {b}", 0.75),
    ("hedged briefly", lambda a, b: f"left is {a} or {other(a)} right is {b}", 0.75),
    ("both hedged", lambda a, b: f"{right(a, b)} {right(other(a), other(b))}", 0.6),
    ("one side alone", lambda a, b: f"left is {a}", 0.75),
    ("stuffed", lambda a, b: " ".join(CLAIMS), 0.2),
    ("one side stuffed", lambda a, b: " ".join(CLAIMS[:10]), 0.2),
    ("numbers behind", lambda a, b: f"{right(a, b)} 0 1 2 3 4 5 6 7 8 9", 0.4),
    ("empty", lambda a, b: "", 0.0),
    ("bare numbers", lambda a, b: f"{a} {b}", 0.1),
    ("sides together", lambda a, b: f"left right is {a} {b}", 0.1),
    ("generic", lambda a, b: "two digits in an image", 0.1),
    ("question", lambda a, b: "what is the sum ?", 0.1),
    ("not ASCII", lambda a, b: "左は三です", 0.1),
]


@pytest.mark.parametrize(
    ("describe", "most"), [row[1:] for row in WORSE], ids=[r[0] for r in WORSE]
)
def test_worse_descriptions_are_paid_less(
    trained: Trained, describe: Callable[[int, int], str], most: float
) -> None:
    paid = trained.paid(describe)
    assert paid <= most
    assert paid < trained.paid(right) - 0.1


def test_swapped_sides_are_paid_nothing(trained: Trained) -> None:
    values = trained.values(lambda a, b: right(b, a) if a != b else "")
    assert statistics.mean(values) < 0.1


def test_order_of_the_sides_and_repeats_dont_count(trained: Trained) -> None:
    paid = trained.values(right)
    assert trained.values(lambda a, b: f"right is {b} left is {a}") == pytest.approx(paid)
    assert trained.values(lambda a, b: f"{right(a, b)} {right(a, b)}") == pytest.approx(paid)


def test_deciding_pays_more_than_naming_two_guesses(trained: Trained) -> None:
    hedged = trained.paid(lambda a, b: f"left is {a} left is {other(a)} right is {b}")
    wrong = trained.paid(lambda a, b: f"left is {other(a)} right is {b}")
    assert (trained.paid(right) + wrong) / 2 > hedged


def test_value_is_the_rows_own_whatever_stands_beside_it(trained: Trained) -> None:
    rows = [
        trained.rollout(row, describe) for row in trained.rows[:10] for _, describe, _ in WORSE[:6]
    ]
    together = [score.value for score in trained.reward(rows)]
    alone = [trained.reward([row])[0].value for row in reversed(rows)]
    assert together == pytest.approx(alone[::-1], abs=1e-5)


def test_seed_decides_the_files(tmp_path: Path) -> None:
    def files(name: str, seed: int) -> dict[str, bytes]:
        folder = tmp_path / name
        train_scorer(folder, seed, steps=2)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    one = files("one", 3)
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= set(one)
    assert files("same", 3) == one
    assert files("other", 4)["model.safetensors"] != one["model.safetensors"]


def test_test_scans_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train_scorer(tmp_path / "as they are", 0, steps=2)
    scans = load_scans()
    pixels, labels = scans.pixels.copy(), scans.labels.copy()
    pixels[FIRST_TEST_SCAN:], labels[FIRST_TEST_SCAN:] = 1.0, 0
    monkeypatch.setattr(scorer, "load_scans", lambda: Scans(pixels, labels))
    train_scorer(tmp_path / "blotted out", 0, steps=2)
    weights = [
        (tmp_path / name / "model.safetensors").read_bytes()
        for name in ("as they are", "blotted out")
    ]
    assert weights[0] == weights[1]


def test_callers_torch_and_random_are_left_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(folder: Path) -> ScorerFigures:
        raise ConfigError("no figures")

    before, threads, drawn = torch.get_rng_state(), torch.get_num_threads(), random.getstate()
    train_scorer(tmp_path / "one", 0, steps=1)
    monkeypatch.setattr(scorer, "measure_scorer", failing)
    with pytest.raises(ConfigError, match="no figures"):
        train_scorer(tmp_path / "two", 0, steps=1)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    assert random.getstate() == drawn


def test_a_folder_trained_anew_is_read_anew(tmp_path: Path) -> None:
    encoder = FgClip(model=str(tmp_path), device="cpu", threads=1)
    train_scorer(tmp_path, 0, steps=1)
    first = shared_encoder(encoder).encode_texts(CLAIMS)
    train_scorer(tmp_path, 1, steps=1)
    assert not (shared_encoder(encoder).encode_texts(CLAIMS) == first).any()


def test_half_a_checkpoint_is_no_scorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    train_scorer(tmp_path, 0, steps=1)
    monkeypatch.setattr(tiny_fgclip, "save_file", full)
    with pytest.raises(OSError, match="No space left"):
        train_scorer(tmp_path, 0, steps=1)
    with pytest.raises(ConfigError, match=r"config\.json"):
        measure_scorer(tmp_path)


def test_a_file_in_the_folders_place_is_refused_before_any_work(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ConfigError, match=r"file: expected a folder to write, got File exists"):
        train_scorer(file, 0)


def test_reward_is_configuration_that_a_recipe_can_hold(trained: Trained) -> None:
    config = perception_reward(str(trained.folder))
    reward = decode(config)
    assert isinstance(reward, PhraseAlignment)
    assert reward.distractors == list(CLAIMS)
    assert len(set(CLAIMS)) == 20
    part = {"kind": "weighted", "parts": {"perception": config | {"weight": 1.0}}}
    assert decode(part) is not None


def test_a_missing_scorer_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a folder that exists") as caught:
        measure_scorer(tmp_path / "nowhere")
    assert "\n" not in str(caught.value)


def test_junk_claims_nothing_that_can_be() -> None:
    texts = junk_texts(random.Random(0))
    assert texts == junk_texts(random.Random(0))
    assert len(texts) == scorer.JUNK_TEXTS
    assert not set(texts) & set(CLAIMS)


def test_equal_texts_make_an_equal_tokenizer() -> None:
    """A trainer of tokenizers breaks ties by numbers that are random unless they are given."""
    texts = [*CLAIMS, "an end and the end of one", "hand in hand, on and off"]
    made = [make_tokenizer(texts).backend_tokenizer.to_str() for _ in range(8)]
    assert len(set(made)) == 1
    assert len(make_tokenizer(texts)("left is 3")["input_ids"]) == 5


def test_reward_is_named_without_loading_torch() -> None:
    code = (
        "import sys; from rewardkit.digits.perception import perception_reward; "
        "perception_reward('x'); sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_area_under_the_curve_of_ties_is_a_half() -> None:
    assert area_under_curve([0.5, 0.5], [0.5]) == 0.5
    assert area_under_curve([1.0], [0.0, 0.5]) == 1.0
