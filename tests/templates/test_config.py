"""Templates are read from names, files and mappings, and written back."""

import copy
import os
import pickle
from pathlib import Path

import pytest

from rewardkit.errors import ConfigError
from rewardkit.templates import TEMPLATES, SectionRule, Template, load_template

SHIPPED = ["think-answer", "llava-cot", "pebr", "boxed", "gsm8k"]


def test_shipped_templates() -> None:
    assert list(TEMPLATES) == SHIPPED
    assert all(load_template(name) is TEMPLATES[name] for name in SHIPPED)


OWN = [
    load_template({"base": "gsm8k", "announced": ["Result:"], "ignore_case": True}),
    load_template({"base": "think-answer", "sections": ["think", "answer"]}),
    load_template({"base": "pebr", "name": "loose-pebr", "any_order": True}),
    load_template({"name": "only", "sections": ["answer"], "prompt": "Say one word."}),
    Template(name="boxed", sections=(SectionRule("answer", rest=True),)),
    Template(
        name="mine",
        sections=(
            SectionRule("a", "first", "[A]", "[/A]", optional=True),
            SectionRule("b", rest=True, may_be_empty=True),
        ),
        answer="b",
        unclosed_end=True,
    ),
]


@pytest.mark.parametrize("template", [*TEMPLATES.values(), *OWN], ids=lambda t: str(t.name))
def test_template_survives_configuration_pickle_and_copy(template: Template) -> None:
    assert load_template(template.to_config()) == template
    assert pickle.loads(pickle.dumps(template)) == template
    assert copy.deepcopy(template) == template
    assert load_template(template) is template
    reply = "<think>x</think><answer>7</answer>"
    assert pickle.loads(pickle.dumps(template)).parse(reply) == template.parse(reply)


def test_config_is_as_short_as_it_can_be() -> None:
    assert [TEMPLATES[name].to_config() for name in SHIPPED] == SHIPPED
    assert OWN[3].to_config() == {"name": "only", "sections": ["answer"], "prompt": "Say one word."}
    assert load_template({"base": "boxed", "nested": True}).to_config() == {
        "base": "boxed",
        "nested": True,
    }


def test_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("{name: t, sections: [answer]}", encoding="utf-8")
    first = load_template(str(path))
    assert load_template(str(path)) is first
    path.write_text("{name: t, sections: [answer], nested: true}", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert load_template(str(path)).nested


WRONG_FILES = {
    "not YAML": ("{name: [", "expected a template in YAML"),
    "a list": ("- answer", "expected a mapping, got list"),
    "empty": ("", "expected a mapping, got NoneType"),
    "misspelt key": ("{name: t, sectoins: [answer]}", "did you mean 'sections'?"),
    "misspelt key of a section": (
        "{name: t, sections: [{name: answer, opn: x}]}",
        "sections[0].opn: unknown key, expected one of name, about, open",
    ),
    "misspelt base": ("{base: boxd}", "base: expected one of think-answer, llava-cot"),
    "base of another type": ("{base: [boxed]}", "base: expected one of"),
    "sections of another type": ("{name: t, sections: answer}", "sections: expected a list"),
    "key that is no text": ("{1: 2}", "1: unknown key"),
    "no name": ("{sections: [answer]}", "missing required field `name`"),
    "code": ("!!python/object/apply:os.getcwd []", "expected a template in YAML"),
    "too large": ("#" * 70_000, "expected at most 65536 bytes"),
}


@pytest.mark.parametrize("row", WRONG_FILES)
def test_wrong_file_is_refused_with_its_path(row: str, tmp_path: Path) -> None:
    text, message = WRONG_FILES[row]
    path = tmp_path / "t.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_template(str(path))
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)
    assert message in str(caught.value)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'llava-cot'"):
        load_template("llava_cot")
    for missing in (str(tmp_path / "none.yaml"), "a\0b.yaml", "\ud800.yaml"):
        with pytest.raises(ConfigError, match="expected a template's YAML file"):
            load_template(missing)
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ConfigError, match="expected a template in YAML"):
        load_template(str(tmp_path / "folder.yaml"))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(b"name: \xff\xfe")
    with pytest.raises(ConfigError, match="expected a template in YAML"):
        load_template(str(path))
