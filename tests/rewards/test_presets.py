"""Presets pay what their sources pay for well-formed replies, and say where they are stricter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import load_reward, preset_names, preset_text, uses_models
from rewardkit.types import Rollout

PRESETS = {name: reward for name in preset_names() if not uses_models(reward := load_reward(name))}
"""Those with a model are tried by tests of their own, which make a tiny one."""

REFERENCES: dict[str, object] = {
    "visionreasoner": [{"bbox_2d": [1, 2, 3, 4], "point_2d": [2, 3]}],
    "seg-zero": "<box>(1,2),(3,4)</box><points>(1,2),(3,4)</points>",
    "agile": [1, 0],
}
"""References of the presets that take no text."""

NOTHING = {"agile": -0.25}
"""What an empty reply is worth, where that is not 0."""

THINK = "<think>3 + 4</think>"
LLAVA = (
    "<SUMMARY>Add.</SUMMARY><CAPTION>Two numbers.</CAPTION>"
    "<REASONING>3 + 4 = 7</REASONING><CONCLUSION>{}</CONCLUSION>"
)
PEBR = (
    "### Image Description:\nTwo numbers, 3 and 4.\n\n### Rationales:\nAdd them.\n\n"
    "### Let's think step by step.\n\n### Step 1:\n3 + 4 = 7\n\n### The final answer is: {}"
)


def value(preset: str, completion: str, **fields: object) -> float | None:
    rollout = Rollout(**{"completion": completion, "reference": "7", "task": "number", **fields})  # type: ignore[arg-type]  # fields of a rollout
    return PRESETS[preset]([rollout])[0].value


@pytest.mark.parametrize(
    ("preset", "completion", "expected"),
    [
        pytest.param("r1", f"{THINK}<answer>7</answer>", 2.0, id="r1 right"),
        pytest.param("r1", f"{THINK}<answer>5</answer>", 1.0, id="r1 wrong"),
        pytest.param("r1", "<answer>7</answer>", 1.0, id="r1 right without thinking"),
        pytest.param("r1", "<think></think><answer>7</answer>", 1.0, id="r1 empty thinking"),
        pytest.param("r1", "<think>7</think><answer>5</answer>", 1.0, id="r1 number in thoughts"),
        pytest.param("r1", f"{THINK}<answer>7</answer><answer>5</answer>", 0.0, id="r1 two"),
        pytest.param("r1", "7", 0.0, id="r1 no form"),
        pytest.param("llava-cot", LLAVA.format(7), 2.0, id="llava right"),
        pytest.param("llava-cot", LLAVA.format(5), 1.0, id="llava wrong"),
        pytest.param("llava-cot", "<CONCLUSION>7</CONCLUSION>", 1.0, id="llava only answer"),
        pytest.param("pebr-stage2", PEBR.format(7), 1.0, id="pebr right"),
        pytest.param("pebr-stage2", PEBR.format(5), 0.1, id="pebr wrong"),
        pytest.param("pebr-stage2", "### The final answer is: 7", 0.9, id="pebr only answer"),
        pytest.param("math", r"So it is \boxed{7}.", 1.0, id="math right"),
        pytest.param("math", r"\boxed{5} or \boxed{7}", 1.0, id="math last box"),
        pytest.param("math", "7", 0.0, id="math without box"),
    ],
)
def test_pays(preset: str, completion: str, expected: float) -> None:
    assert value(preset, completion) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        pytest.param("3 + 4 = 7\nA: 7", 1.0, id="A:"),
        pytest.param("3 + 4 = <<3+4=7>>7\n#### 7", 1.0, id="hashes"),
        pytest.param("The answer is 7.", 1.0, id="sentence with its full stop"),
        pytest.param("3 + 4\nA: 5", 0.0, id="wrong"),
        pytest.param("7", 0.0, id="not stated"),
        pytest.param("", 0.0, id="empty"),
    ],
)
def test_gsm8k_is_correctness_whatever_the_task(completion: str, expected: float) -> None:
    for task in ("math", "number", "poem"):
        assert value("gsm8k", completion, task=task) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("B", 2.0), ("(B)", 2.0), ("A", 1.0), ("A or B", 1.0), ("", 0.0)],
)
def test_med_r1_reads_letters_whatever_the_task(answer: str, expected: float) -> None:
    reply = f"{THINK}<answer>{answer}</answer>"
    assert value("med-r1", reply, reference="B", choices=["cat", "dog"], task="math") == expected


@pytest.mark.parametrize("preset", PRESETS)
def test_an_unreadable_reference_is_not_judged(preset: str) -> None:
    assert value(preset, f"{THINK}<answer>7</answer>", reference=None) is None


@pytest.mark.parametrize("preset", PRESETS)
@settings(max_examples=30)
@given(text=st.text(max_size=200))
def test_any_text_is_finite_and_earns_no_accuracy(preset: str, text: str) -> None:
    choice = {"reference": "B", "task": "choice", "choices": ["cat", "dog"]}
    fields = {"reference": REFERENCES[preset]} if preset in REFERENCES else choice
    score = value(preset, text, **fields)
    assert score == value(preset, text, **fields)
    # Nothing but a stated B in its place can earn the accuracy, and no such text is generated.
    assert score == NOTHING.get(preset, 0.0) or "B" in text or "dog" in text.lower()


@pytest.mark.parametrize("preset", preset_names())
def test_names_its_source_and_what_is_stricter(preset: str) -> None:
    comment = [line for line in preset_text(preset).splitlines() if line.startswith("#")]
    assert comment[0].startswith(f"# {preset}: ")
    assert any("Source: " in line for line in comment)
    assert any("Stricter" in line for line in comment)


def test_an_unknown_preset_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'gsm8k'"):
        preset_text("gsm8")
