"""Any text, through every reward, template and verifier: a finite value or None, twice the same."""

import itertools
import math
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_clip import clip_folder, fgclip_folder, picture_file
from tiny_reward_models import reward_model_folder

from rewardkit import Rollout, Score
from rewardkit.rewards import REWARDS, Reward, decode, load_reward, preset_names
from rewardkit.rewards.walk import nested
from rewardkit.templates import TEMPLATES, load_template
from rewardkit.types import NOT_JUDGED
from rewardkit.verifiers import VERIFIERS, verify

DIGITS = Path(__file__).parents[2] / "examples" / "digits" / "fg-clip"
RIGHT = {"kind": "accuracy", "template": "gsm8k", "task": "number"}
TINY = {"kind": "transformers", "model": clip_folder(), "threads": 1}
CONFIGS: dict[str, dict[str, object]] = {
    **{
        f"accuracy {name} {task}": {"kind": "accuracy", "template": name, "task": task}
        for name in TEMPLATES
        for task in VERIFIERS
    },
    **{f"format {name}": {"kind": "format", "template": name} for name in TEMPLATES},
    **{f"graded {n}": {"kind": "format", "template": n, "graded": True} for n in TEMPLATES},
    "length inverse": {"kind": "length", "limit": 3, "unit": "words"},
    "length overlong": {"kind": "length", "shape": "soft-overlong", "limit": 9, "cache": 4},
    "length cosine": {"kind": "length", "shape": "cosine", "limit": 9, "correct": RIGHT},
    "length group": {"kind": "length", "shape": "group-relative", "correct": RIGHT},
    "repetition": {"kind": "repetition"},
    "repetition in a section": {"kind": "repetition", "template": "pebr", "section": "steps"},
    "script": {"kind": "language", "script": "Han"},
    "language": {"kind": "language", "language": "en", "among": ["en", "zh", "fr"]},
    "judge of a server that is gone": {
        "kind": "judge",
        "base_url": "http://127.0.0.1:9/v1",
        "model": "none",
        "retries": 0,
        "concurrency": 1,
    },
    "model of preference": {"kind": "preference-model", "model": reward_model_folder()},
    "keywords": {"kind": "keyword-recall"},
    "keywords without": {"kind": "keyword-recall", "negation_aware": True},
    "boxes": {"kind": "boxes", "template": None, "metric": "giou"},
    "boxes, mean average precision": {"kind": "boxes", "template": None, "metric": "od-ap"},
    "boxes, hits": {"kind": "boxes", "metric": "hits", "iou_over": 0.5, "point_under": 30.0},
    "points": {"kind": "points", "template": None, "metric": "mean", "own_box": True},
    "jigsaw": {"kind": "jigsaw"},
    "answer's fields": {"kind": "answer-format", "fields": {"bbox_2d": 4}, "template": None},
    "non-repeat": {"kind": "non-repeat"},
    "depth tokens": {"kind": "perception-tokens", "metric": "near"},
    "box tokens": {"kind": "perception-tokens", "tokens": "boxes", "metric": "iou"},
    "phrases of digits": {
        "kind": "phrase-alignment",
        "encoder": {"kind": "fg-clip", "model": str(DIGITS), "device": "cpu", "threads": 1},
        "measure": "precision",
    },
    "constant": {"kind": "constant", "value": 0.5},
    "custom": {"kind": "custom", "function": "statistics:mean"},
    "gate": {"kind": "gate", "condition": RIGHT, "reward": {"kind": "repetition"}},
    "route": {"kind": "route", "routes": {"math": RIGHT}},
    "clip score": {"kind": "clip-score", "encoder": TINY, "form": "refclipscore"},
    "clip score of a section": {
        "kind": "clip-score",
        "encoder": TINY,
        "form": "cosine",
        "saturate_at": 0.4,
        "template": "pebr",
        "section": "description",
    },
    "reference captions": {"kind": "ref-caption", "encoder": TINY},
    "clip": {"kind": "clip", "reward": {"kind": "repetition"}, "low": -0.5, "high": 0.0},
    "scale": {"kind": "scale", "reward": RIGHT, "factor": 2.0},
    "saturate": {"kind": "saturate", "reward": RIGHT, "at": 0.4},
    "best": {"kind": "best", "rewards": {"a": RIGHT, "b": {"kind": "constant", "value": 0}}},
    "group": {"kind": "group", "reward": RIGHT, "statistic": "standardised"},
    "weighted": {
        "kind": "weighted",
        "parts": {"a": {"weight": 0.9, **RIGHT}, "f": {"weight": 0.1, "kind": "format"}},
    },
}
ELSEWHERE = {"custom"}
"""Tried with any text by its own tests, of one's own functions."""

MATH_FREE = [n for n in CONFIGS if n not in ELSEWHERE and not n.endswith(" math")]

PIECES = st.sampled_from(
    "<think> </think> <answer> </answer> <SUMMARY> </CONCLUSION> \\boxed{ } { ( ) [ ] #### A: "
    "The answer is ### Step 1: Image Description: 72 7 -1 1/2 \\frac{1}{2} A B or not dog 狗 é "
    '[[1,2,3,4]] [{"bbox_2d": [1,2,3,4]}] {"point_2d": [1,2]} [1,0] <code> </code> '
    "<DEPTH_START> <DEPTH_7> <DEPTH_END> (<PIXEL_1>,<PIXEL_2>,<PIXEL_3>,<PIXEL_4>) <PIXEL_1> "
    "\n \t . , ; $ % \\ ` \u200b \u202e \x00 \ufffd \ud800 ٣ ½ ∞".split(" ")
)
TEXTS = st.lists(PIECES | st.text(max_size=8), max_size=20).map(" ".join)
REFERENCES = st.one_of(
    st.none(), TEXTS, st.integers(), st.floats(), st.lists(TEXTS, max_size=3), st.just({"a": 1})
)
ROLLOUTS = st.builds(
    Rollout,
    completion=TEXTS,
    prompt=TEXTS,
    reference=REFERENCES,
    group=st.sampled_from("ab"),
    task=st.sampled_from(sorted(set(VERIFIERS) - {"math"})),
    choices=st.lists(TEXTS, max_size=3),
    keywords=st.lists(TEXTS, max_size=3),
    images=st.lists(st.sampled_from([picture_file(0), picture_file(1), "gone.png"]), max_size=2),
    completion_tokens=st.none() | st.integers(0, 20),
    truncated=st.booleans(),
)


def flat(score: Score) -> list[Score]:
    return [score, *(inner for part in score.parts.values() for inner in flat(part))]


def test_every_reward_is_tried() -> None:
    tried = {type(inner) for name in CONFIGS for inner in nested(decode(CONFIGS[name]))}

    assert tried >= set(REWARDS.values())


@pytest.mark.parametrize("name", MATH_FREE)
@settings(max_examples=25)  # for each of the rewards
@given(batch=st.lists(ROLLOUTS, max_size=4))
def test_any_text_gives_a_finite_value_or_none_twice_the_same(
    name: str, batch: list[Rollout]
) -> None:
    reward = decode(CONFIGS[name])

    scores = reward(batch)

    assert len(scores) == len(batch)
    for part in itertools.chain.from_iterable(map(flat, scores)):
        assert part.value is None or math.isfinite(part.value)
        assert isinstance(part.reason, str)
    assert reward(batch) == scores
    assert pickle.loads(pickle.dumps(reward))(batch) == scores


@pytest.mark.parametrize("name", MATH_FREE)
@settings(max_examples=25)  # for each of the rewards
@given(batch=st.lists(ROLLOUTS, max_size=4), order=st.randoms(use_true_random=False))
def test_order_of_the_batch_does_not_matter(
    name: str, batch: list[Rollout], order: "st.DrawFn"
) -> None:
    reward = decode(CONFIGS[name])
    places = list(range(len(batch)))
    order.shuffle(places)  # type: ignore[attr-defined]  # a random.Random, which has no strategy type

    shuffled = reward([batch[i] for i in places])

    values = [reward(batch)[i].value for i in places]
    for value, expected in zip((score.value for score in shuffled), values, strict=True):
        assert (value is None) == (expected is None)
        assert value is None or value == pytest.approx(expected)


@pytest.mark.parametrize("task", VERIFIERS)
@given(answer=TEXTS, reference=REFERENCES, choices=st.lists(TEXTS, max_size=3))
def test_verdict_of_any_text(
    task: str, answer: str, reference: "str | float", choices: list[str]
) -> None:
    verdict = verify(answer, reference, task, choices)

    assert (verdict.value is None) == (verdict.status in NOT_JUDGED)
    assert verify(answer, reference, task, choices).status == verdict.status


REPLIES = {
    "r1": "<think>It has stripes.</think><answer>{}</answer>",
    "math": "So it is \\boxed{{{}}}",
    "gsm8k": "8 * 9\nA: {}",
    "med-r1": "<think>It has stripes.</think><answer>{}</answer>",
    "llava-cot": "<SUMMARY>s</SUMMARY><CAPTION>c</CAPTION><REASONING>r</REASONING>"
    "<CONCLUSION>{}</CONCLUSION>",
    "pebr-stage2": "### Image Description:\nA.\n### Rationales:\nB.\n### Let's think step by step."
    "\n### Step 1:\nC.\n### The final answer is: {}",
}
LOCATED: dict[str, tuple[str, str, str]] = {
    "visionreasoner": (
        '[{"bbox_2d": [10, 10, 90, 90], "point_2d": [50, 50]}]',
        '[{"bbox_2d": [300, 10, 390, 90], "point_2d": [350, 50]}]',
        "boxes",
    ),
    "seg-zero": (
        '{"bbox": [10, 10, 90, 90], "points_1": [30, 50], "points_2": [60, 50]}',
        '{"bbox": [300, 10, 390, 90], "points_1": [330, 50], "points_2": [360, 50]}',
        "boxes",
    ),
    "agile": ("[2, 0, 3, 1]", "[2, 0, 1, 3]", "jigsaw"),
}
REPLIES |= dict.fromkeys(LOCATED, REPLIES["r1"])
REPLIES["pebr-stage1"] = REPLIES["pebr-stage2"]
ANSWERS = {"med-r1": ("C", "D", "choice"), **LOCATED}
"""Right and wrong answer, and task; 72, 71 and math for the others."""

WRONG = {"visionreasoner": 4.0, "pebr-stage1": 1.0}
"""What a wrong answer earns where that is more than half: form, fields, nothing repeated; the
perception stage doesn't look at the answer."""

BEST = {"r1": 2.0, "math": 1.0, "gsm8k": 1.0, "med-r1": 2.0, "llava-cot": 2.0, "pebr-stage2": 1.0}
BEST |= {"visionreasoner": 7.0, "seg-zero": 5.0, "agile": 1.0, "pebr-stage1": 1.0}

OPTIONS: dict[str, dict[str, object]] = {
    "pebr-stage1": {
        "parts.clip.encoder.model": fgclip_folder(),
        "parts.clip.encoder.threads": 1,
        "parts.clip.saturate_at": 0.01,
    }
}
"""What a preset is loaded with here, where no published model is to be had."""


def answers(preset: str) -> tuple[str, str, str]:
    return ANSWERS.get(preset, ("72", "71", "math"))


def test_every_preset_is_tried() -> None:
    assert set(REPLIES) == set(BEST) == set(preset_names())


def rollout(preset: str, completion: str) -> Rollout:
    answer, _, task = answers(preset)
    return Rollout(
        completion=completion,
        reference=answer,
        task=task,
        images=[picture_file(0)],
        keywords=["A"],
        completion_tokens=100,
    )


@pytest.mark.parametrize("preset", REPLIES)
def test_the_reference_itself_scores_the_maximum(preset: str) -> None:
    right, _, _ = answers(preset)

    [score] = load_reward(preset, OPTIONS.get(preset))(
        [rollout(preset, REPLIES[preset].format(right))]
    )

    assert score.value == pytest.approx(BEST[preset])


@pytest.mark.parametrize("preset", REPLIES)
@pytest.mark.parametrize("name", ["empty", "prompt", "random", "wrong"])
def test_cheap_replies_do_not(preset: str, name: str) -> None:
    reward = load_reward(preset, OPTIONS.get(preset))
    template = next(inner.template for inner in nested(reward) if hasattr(inner, "template"))
    replies = {
        "empty": "",
        "prompt": load_template(template).instruction(),
        "random": "qwertz 72 \\foo uiop 41",
        "wrong": REPLIES[preset].format(answers(preset)[1]),
    }

    [score] = reward([rollout(preset, replies[name])])

    assert score.value is not None
    assert score.value <= (WRONG.get(preset, BEST[preset] / 2) if name == "wrong" else 0.0)


def test_threads_share_a_reward() -> None:
    reward: Reward = load_reward("r1")
    batch = [rollout("r1", REPLIES["r1"].format(i)) for i in range(60, 80)]
    alone = reward(batch)

    with ThreadPoolExecutor(8) as executor:
        results = list(executor.map(lambda _: reward(batch), range(16)))

    assert all(result == alone for result in results)


def test_another_process_gives_the_same() -> None:
    batch = [rollout("r1", REPLIES["r1"].format(answer)) for answer in ("72", "71", "{1,2}", "x")]
    code = (
        "import pickle, sys; from rewardkit.rewards import load_reward; "
        "sys.stdout.buffer.write(pickle.dumps("
        "load_reward('r1')(pickle.load(sys.stdin.buffer))))"
    )

    run = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(batch), capture_output=True, check=True
    )

    assert pickle.loads(run.stdout) == load_reward("r1")(batch)
