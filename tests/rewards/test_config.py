"""Configuration: what is refused and how it is said, and that everything comes back as it was."""

import copy
import math
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_clip import clip_folder, fgclip_folder
from tiny_reward_models import reward_model_folder

import rewardkit.rewards as package
from rewardkit.errors import ConfigError
from rewardkit.rewards import (
    REWARDS,
    Accuracy,
    AnswerFormat,
    Best,
    Boxes,
    Clip,
    ClipScore,
    Constant,
    Custom,
    Format,
    Gate,
    Group,
    Jigsaw,
    Judge,
    KeywordRecall,
    Language,
    Length,
    NonRepeat,
    Part,
    PerceptionTokens,
    PhraseAlignment,
    Points,
    PreferenceModel,
    RefCaption,
    Repetition,
    Reward,
    Route,
    Saturate,
    Scale,
    Weighted,
    decode,
    encode,
    load_reward,
    parse_option,
    to_yaml,
)
from rewardkit.rewards.encoders import ENCODERS, FgClip, TransformersClip
from rewardkit.rewards.loading import load_object
from rewardkit.rewards.place import MAX_DEPTH
from rewardkit.rewards.yaml_text import MAX_BYTES, dump_yaml, parse_yaml
from rewardkit.templates import load_template
from rewardkit.types import Rollout, Score
from rewardkit.verifiers import VERIFIERS, Number

ONE = Constant(1.0)


def named(rollouts: list[Rollout]) -> list[Score]:
    """A reward that can be found by name."""
    return [Score(1.0, "named") for _ in rollouts]


EXAMPLES: dict[str, Reward] = {
    "accuracy": Accuracy(),
    "accuracy with a template's name": Accuracy(template="boxed", task="math"),
    "accuracy with a template": Accuracy(template=load_template("boxed")),
    "accuracy with verifiers": Accuracy(verifiers={task: cls() for task, cls in VERIFIERS.items()}),
    "answer-format": AnswerFormat(fields={"bbox_2d": 4, "point_2d": 2}, graded=False),
    "best": Best({"a": ONE, "b": Format()}, unjudged="skip"),
    "boxes": Boxes(metric="hits", iou_over=0.5, frame=(840.0, 840.0), inclusive=True),
    "clip": Clip(ONE, low=-1.0),
    "clip-score": ClipScore(
        encoder=FgClip(model=fgclip_folder(), cache_mb=1, threads=1), form="cosine", saturate_at=0.4
    ),
    "constant": ONE,
    "custom": Custom("rewardkit.rewards:Constant", {"value": 2.0}),
    "format": Format(),
    "format with a changed template": Format(
        template=load_template({"base": "think-answer", "ignore_case": True}), graded=True
    ),
    "gate": Gate(Format(), ONE, at_least=0.5),
    "group": Group(ONE, statistic="pass-rate"),
    "judge": Judge(
        base_url="http://127.0.0.1:9/v1",
        model="none",
        mode="rubric",
        criteria="Is it so?",
        high=5.0,
        retries=0,
        concurrency=1,
    ),
    "jigsaw": Jigsaw(step_cost=0.1, steps_field="turns"),
    "jigsaw with a template": Jigsaw(template=load_template({"base": "think-answer"})),
    "keyword-recall": KeywordRecall(),
    "language": Language(language="en"),
    "length": Length(),
    "length with a reward": Length(
        shape="cosine", correct=Accuracy(), correct_range=(0.25, 1.0), wrong_range=(-2.0, 0.0)
    ),
    "ref-caption": RefCaption(encoder=TransformersClip(model=clip_folder())),
    "non-repeat": NonRepeat(allowed=2, template="think-answer", section="think"),
    "perception-tokens": PerceptionTokens(tokens="boxes", metric="iou"),
    "phrase-alignment": PhraseAlignment(
        encoder=FgClip(model=fgclip_folder(), threads=1),
        split="clauses",
        text_mode="short",
        measure="precision",
    ),
    "preference-model": PreferenceModel(model=reward_model_folder(), scale=2.0, sigmoid=True),
    "points": Points(template=None, metric="mean", aim="point", own_box=True),
    "repetition": Repetition(),
    "route": Route({"math": ONE, "text": Format()}, default=Clip(ONE, high=0.5)),
    "saturate": Saturate(ONE, at=0.4),
    "scale": Scale(ONE, factor=2.0),
    "weighted": Weighted({"a": Part(0.9, Accuracy()), "b": Part(0.1, Format())}, unjudged="zero"),
}
NAMES = {
    **vars(package),
    **{cls.__name__: cls for cls in (*VERIFIERS.values(), *ENCODERS.values())},
}


def test_every_kind_has_an_example_and_its_own_tag() -> None:
    kinds = {type(example).__struct_config__.tag for example in EXAMPLES.values()}  # type: ignore[attr-defined]  # they are structs
    assert kinds == set(REWARDS)
    assert all(cls.__struct_config__.tag == kind for kind, cls in REWARDS.items())  # type: ignore[attr-defined]  # as above
    assert {cls.__name__ for cls in REWARDS.values()} <= set(package.__all__)


@pytest.mark.parametrize("reward", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_comes_back_as_it_was(reward: Reward) -> None:
    assert decode(encode(reward)) == reward
    assert load_reward(parse_yaml(to_yaml(reward), "x")) == reward  # type: ignore[arg-type]  # a mapping
    assert pickle.loads(pickle.dumps(reward)) == reward
    assert copy.deepcopy(reward) == reward


@pytest.mark.parametrize("reward", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_repr_is_its_recipe(reward: Reward) -> None:
    import rewardkit.templates as templates

    scope = {**NAMES, **{name: getattr(templates, name) for name in dir(templates)}}
    assert eval(repr(reward), scope) == reward


@given(
    st.recursive(
        st.builds(Constant, st.floats(allow_nan=False, allow_infinity=False)),
        lambda inner: st.one_of(
            st.builds(Clip, inner, low=st.floats(-9, 0), high=st.floats(0, 9)),
            st.builds(Gate, inner, inner, at_least=st.floats(-9, 9)),
            st.builds(Route, st.dictionaries(st.text(max_size=9), inner, min_size=1)),
            st.builds(
                Weighted,
                st.dictionaries(
                    st.text("abc é1:#-", min_size=1, max_size=4),
                    st.builds(Part, st.floats(0.1, 9), inner),
                    min_size=1,
                ),
            ),
        ),
        max_leaves=6,
    )
)
def test_any_composition_survives_yaml(reward: Reward) -> None:
    assert decode(parse_yaml(to_yaml(reward), "x")) == reward


@pytest.mark.parametrize("reward", EXAMPLES.values(), ids=EXAMPLES.keys())
@settings(max_examples=15, deadline=None)  # the first reply loads a language model
@given(texts=st.lists(st.text(max_size=100), min_size=1, max_size=3))
def test_any_text_gives_a_score_in_any_order(reward: Reward, texts: list[str]) -> None:
    rows = [
        Rollout(
            completion=f"<think>{text}</think><answer>{text}</answer>",
            group="q",
            reference="7",
            task="number",
            keywords=["cat", "dog"],
            completion_tokens=len(text),
        )
        for text in texts
    ]
    scores = reward(rows)
    assert all(score.value is None or math.isfinite(score.value) for score in scores)
    assert [score.value for score in reward(rows)] == [score.value for score in scores]
    assert reward(rows[::-1]) == scores[::-1]


FORMAT = {"weight": 1, "kind": "format"}
CONSTANT = {"kind": "constant", "value": 1}
MISTAKES = [
    pytest.param(
        {"kind": "weighted", "parts": {"format": {**FORMAT, "tempalte": "boxed"}}},
        "r.yaml: parts.format.tempalte: unknown key, expected one of template, graded; "
        "did you mean 'template'?",
        id="misspelt option",
    ),
    pytest.param(
        {"kind": "wieghted", "parts": {}}, "; did you mean 'weighted'?", id="misspelt kind"
    ),
    pytest.param({"parts": {}}, "r.yaml: missing key 'kind', expected one of acc", id="no kind"),
    pytest.param({"kind": ["clip"]}, "r.yaml: kind: expected one of ", id="kind is a list"),
    pytest.param(
        {"kind": "clip", "high": 1}, "r.yaml: missing key 'reward', required by Clip", id="missing"
    ),
    pytest.param(
        {"kind": "weighted", "parts": {"a": {"kind": "format"}}},
        "r.yaml: parts.a: missing key 'weight', expected a number beside 'kind'",
        id="no weight",
    ),
    pytest.param(
        {"kind": "weighted", "parts": {"a": {"kind": "format", "weigth": 1}}},
        "expected a number beside 'kind'; is 'weigth' meant to be it?",
        id="misspelt weight",
    ),
    pytest.param({"kindd": "format"}, "; is 'kindd' meant to be it?", id="misspelt key of kinds"),
    pytest.param(
        {"kind": "length", "shape": "inverce"},
        "got str 'inverce'; did you mean 'inverse'?",
        id="misspelt word of a choice",
    ),
    pytest.param(
        {"kind": "weighted", "parts": {"a": {**FORMAT, "weight": "1"}}},
        "r.yaml: parts.a.weight: expected a number, got str '1'",
        id="weight is a string",
    ),
    pytest.param(
        {"kind": "weighted", "parts": {"a": {**FORMAT, "weight": float("inf")}}},
        "r.yaml: parts.a.weight: expected a finite number, got inf",
        id="weight is infinite",
    ),
    pytest.param(
        {"kind": "weighted", "parts": {"a": {**FORMAT, "weight": float("nan")}}},
        "r.yaml: parts.a.weight: expected a number, got nan",
        id="weight is nan",
    ),
    pytest.param(
        {"kind": "weighted", "parts": {}},
        "r.yaml: parts: expected at least one part, got none",
        id="own check of a reward",
    ),
    pytest.param(
        {"kind": "scale", "reward": {"kind": "clip", "reward": CONSTANT, "low": 2, "high": 1}},
        "r.yaml: reward.low: expected at most high = 1.0, got 2.0",
        id="own check of an inner reward",
    ),
    pytest.param(
        {"kind": "clip", "reward": 3, "high": 1},
        "r.yaml: reward: expected a reward: a mapping with 'kind', or a preset's name, got int 3",
        id="number as reward",
    ),
    pytest.param(
        {"kind": "clip", "reward": "gsm9k", "high": 1},
        "r.yaml: reward: expected a preset (",
        id="unknown preset inside",
    ),
    pytest.param(
        {"kind": "route", "routes": {True: CONSTANT}},
        "r.yaml: routes: expected strings as keys, got bool True: quote it",
        id="yes as a key",
    ),
    pytest.param(
        {"kind": "route", "routes": [CONSTANT]},
        "r.yaml: routes: expected a mapping of names to rewards, got list",
        id="list of routes",
    ),
    pytest.param(
        {"kind": "group", "reward": CONSTANT, "statistic": "median"},
        "r.yaml: statistic: expected one of best-of, pass-rate, mean, centered, standardised, got",
        id="unknown word",
    ),
    pytest.param(
        {"kind": "format", "graded": 1}, "graded: expected true or false, got int 1", id="bool"
    ),
    pytest.param(
        {"kind": "format", "template": 3},
        "r.yaml: template: expected a template's name or a mapping, got int 3",
        id="template is a number",
    ),
    pytest.param(
        {"kind": "format", "template": "thnk-answer"}, "did you mean 'think-answer'?", id="template"
    ),
    pytest.param(
        {"kind": "format", "template": {"base": "boxed", "ignore_cas": True}},
        "r.yaml: template.ignore_cas: unknown key, expected one of base, ",
        id="option of a template",
    ),
    pytest.param(
        {"kind": "accuracy", "verifiers": {"numbr": {}}},
        "r.yaml: verifiers.numbr: unknown key, expected one of ",
        id="unknown task",
    ),
    pytest.param(
        {"kind": "accuracy", "verifiers": {"number": {"tolerance": 1}}},
        "r.yaml: verifiers.number.tolerance: unknown key",
        id="unknown option of a verifier",
    ),
    pytest.param(None, "r.yaml: expected a reward: a mapping with 'kind'", id="nothing"),
    pytest.param([CONSTANT], "r.yaml: expected a reward: a mapping with 'kind'", id="list"),
    pytest.param({"kind": "constant", "value": 10**5000}, "got int of ", id="huge number"),
]


@pytest.mark.parametrize(("config", "message"), MISTAKES)
def test_names_the_mistake_and_its_place(config: object, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decode(config, "r.yaml")
    text = str(caught.value)
    assert message in text
    assert text.startswith("r.yaml: ") and "\n" not in text and len(text) < 600


def test_a_part_may_be_a_preset() -> None:
    reward = decode({"kind": "weighted", "parts": {"a": {"weight": 2, "preset": "math"}}})
    assert reward == Weighted({"a": Part(2.0, load_reward("math"))})
    assert decode({"kind": "clip", "reward": "math", "high": 1}) == Clip(
        load_reward("math"), None, 1
    )


def test_a_configuration_that_holds_itself_is_refused(tmp_path: Path) -> None:
    loop: dict[str, object] = {"kind": "clip", "high": 1}
    loop["reward"] = loop
    with pytest.raises(ConfigError, match=f"at most {MAX_DEPTH} levels"):
        decode(loop)
    file = tmp_path / "loop.yaml"
    file.write_text(dump_yaml({"kind": "clip", "high": 1, "reward": str(file)}))
    with pytest.raises(ConfigError, match=f"at most {MAX_DEPTH} levels"):
        load_reward(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "kind: a\nkind: b", "line 2, column 1: key given twice, got 'kind'", id="twice"
        ),
        pytest.param("a: &x 1\nb: *x", "line 2: expected values written out, got *x", id="alias"),
        pytest.param("a: &x [1]\nb: {<<: *x}", "expected values written out", id="merge"),
        pytest.param("[" * 100_000, "expected at most 64 levels", id="deep"),
        pytest.param("a: !!python/object:os.system x", "could not determine", id="object"),
        pytest.param("a: [1", "line 1, column", id="unclosed"),
        pytest.param("{[1]: 2}", "expected a string as key", id="list as key"),
        pytest.param("a: \0", "expected YAML, got: ", id="NUL"),
        pytest.param("a: " + "9" * 5000, "expected YAML, got: ", id="digits"),
        pytest.param("a: 2026-99-99", "expected YAML, got: ", id="no such date"),
        pytest.param("a: 1\n---\nb: 2", "expected a single document", id="two documents"),
    ],
)
def test_yaml_that_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "r.yaml")
    assert str(caught.value).startswith("r.yaml: ")
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("1e-6", 1e-6, id="no point"),
        pytest.param("1E5", 1e5, id="no sign"),
        pytest.param("-4.e-1", -0.4, id="negative"),
        pytest.param("'1e5'", "1e5", id="quoted"),
        pytest.param("e5", "e5", id="a word"),
    ],
)
def test_numbers_as_people_write_them(text: str, value: object) -> None:
    assert parse_yaml(text, "x") == value


@given(st.recursive(st.none() | st.booleans() | st.integers(-99, 99) | st.text(), st.lists))
def test_dumped_yaml_reads_back(value: object) -> None:
    shared = {"a": value, "b": value}
    assert parse_yaml(dump_yaml(shared), "x") == shared


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    large, binary = tmp_path / "large.yaml", tmp_path / "binary.yaml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    binary.write_bytes(b"kind: \xff")
    for path, message in [
        (large, f"expected at most {MAX_BYTES} bytes"),
        (binary, "expected UTF-8, got byte 6"),
        (tmp_path / "none.yaml", "No such file"),
        (tmp_path, "Is a directory"),
    ]:
        with pytest.raises(ConfigError, match=message):
            load_reward(path)


def test_a_file_is_named_in_its_errors(tmp_path: Path) -> None:
    file = tmp_path / "r.yaml"
    file.write_text("kind: clip\nhigh: one\nreward: math\n")
    with pytest.raises(ConfigError) as caught:
        load_reward(str(file))
    assert str(caught.value) == f"{file}: high: expected a number or nothing, got str 'one'"


def test_a_python_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def two(rollouts):\n    return [2.0 for _ in rollouts]\n")
    reward = load_reward(f"{file}:two")
    assert reward == Custom(f"{file}:two")
    assert reward([Rollout(completion="x")])[0].value == 2.0
    assert decode(encode(reward)) == reward


def test_a_function_is_written_by_its_name() -> None:
    reward = Clip(load_object("rewardkit.rewards.weighted:weighted_sum"), low=0.0)  # type: ignore[arg-type]  # never called
    assert encode(reward)["reward"] == {
        "kind": "custom",
        "function": "rewardkit.rewards.weighted:weighted_sum",
    }


@pytest.mark.parametrize(
    "reward",
    [Clip(lambda rollouts: [], low=0.0), Scale(Accuracy().__call__)],
    ids=["lambda", "method"],
)
def test_functions_without_a_name_cannot_be_written(reward: Reward) -> None:
    with pytest.raises(
        ConfigError, match="reward: expected a reward or a function that has a name"
    ):
        encode(reward)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        pytest.param("gsm8", "did you mean 'gsm8k'?", id="near a preset"),
        pytest.param("", "expected a preset", id="empty"),
        pytest.param("zebra", "a YAML file, or file.py:name, got 'zebra'", id="no preset"),
        pytest.param(
            "none.yaml", "none.yaml: expected a YAML file, got: No such file", id="no file"
        ),
        pytest.param("\0.yaml", "got: embedded null byte", id="NUL"),
        pytest.param("none.py:x", "none.py", id="no python file"),
        pytest.param(Constant, "got the class Constant: call it", id="class"),
        pytest.param(
            3, "reward: expected a name, a path, a mapping or a reward, got int 3", id="number"
        ),
    ],
)
def test_what_cannot_be_loaded(spec: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_reward(spec)
    assert message in str(caught.value)


def test_values_come_back_as_they_are() -> None:
    assert load_reward(named) is named  # type: ignore[arg-type]  # it takes a list, which a test may
    assert load_reward(ONE) is ONE
    assert load_reward({"kind": "constant", "value": 1}) == ONE


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            {"parts.fromat.weight": 1},
            "parts.fromat: no such part, expected one of accuracy, format; did you mean 'format'?",
            id="misspelt part",
        ),
        pytest.param({"parts.format.wieght": 1}, "unknown key", id="misspelt option"),
        pytest.param({"prats.format.weight": 1}, "did you mean 'parts'?", id="misspelt key"),
        pytest.param({"parts.format.weight.x": 1}, "expected a mapping to set 'x'", id="too deep"),
        pytest.param({"parts..weight": 1}, "expected a dotted path", id="empty key"),
        pytest.param({"parts.format.weight": "x"}, "r1: parts.format.weight: expected", id="value"),
    ],
)
def test_options_that_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_reward("r1", options=options)
    assert message in str(caught.value)


def test_options_change_presets_mappings_and_rewards() -> None:
    plain, changed = load_reward("r1"), load_reward("r1", options={"parts.format.weight": 0.5})
    assert isinstance(plain, Weighted) and isinstance(changed, Weighted)
    assert plain.parts["format"].weight == 1.0 and changed.parts["format"].weight == 0.5
    assert load_reward(plain, options={"parts.format.weight": 0.5}) == changed
    assert load_reward("gsm8k", options={"verifiers.number.relative_tolerance": 0.1}) == Accuracy(
        "gsm8k", "math", {"number": Number(relative_tolerance=0.1)}
    )
    config = {"kind": "constant", "value": 1}
    assert load_reward(config, options={"value": 2}) == Constant(2.0)
    assert config == {"kind": "constant", "value": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b=0.5", ("a.b", 0.5)),
        ("a=x=y", ("a", "x=y")),
        ("a=", ("a", None)),
        (" a =[1]", ("a", [1])),
    ],
)
def test_options_from_a_command_line(text: str, expected: tuple[str, object]) -> None:
    assert parse_option(text) == expected


@pytest.mark.parametrize("text", ["a", "=1", "", "a=[", "a=\0"])
def test_options_that_are_none(text: str) -> None:
    with pytest.raises(ConfigError, match="option"):
        parse_option(text)


def test_importing_the_rewards_is_light() -> None:
    heavy = "{'sympy', 'numpy', 'torch', 'py3langid', 'math_verify', 'scipy', 'rapidfuzz'}"
    code = f"import sys, rewardkit.rewards; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
