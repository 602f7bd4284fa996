"""The `labels` task: exactly this set of labels, in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Status
from rewardkit.verifiers import Labels
from rewardkit.verifiers.labels import match_labels, read_label_set

FINDINGS = "Edema; Effusion; Mass"

ANSWERS: dict[str, tuple[str, Status]] = {
    "same": ("Edema; Effusion; Mass", "correct"),
    "any order": ("mass, edema, effusion", "correct"),
    "lines": ("Mass\nEdema\nEffusion", "correct"),
    "bullets": ("- Mass\n- Edema\n* Effusion", "correct"),
    "numbered": ("1. Mass\n2) Edema\n3. Effusion", "correct"),
    "and": ("Edema, effusion and mass.", "correct"),
    "Oxford comma": ("edema, effusion, and a mass", "correct"),
    "JSON": ('["edema", "effusion", "mass"]', "correct"),
    "Markdown": ("**edema**, **effusion**, **mass**", "correct"),
    "JSON in a fence": ('```json\n["edema", "effusion", "mass"]\n```', "correct"),
    "box": (r"$\boxed{\text{edema, effusion, mass}}$", "correct"),
    "bold as a whole": ("**edema, effusion, mass**.", "correct"),
    "brackets each": ("(edema), (effusion), (mass)", "correct"),
    "invisible signs around": ("\u200b[edema, effusion, mass]\ufeff", "correct"),
    "twice": ("edema, edema, effusion, mass", "correct"),
    "empty pieces": ("edema; ; effusion, , mass;.", "correct"),
    "trailing comma": ("edema, effusion, mass,", "correct"),
    "Chinese commas": ("edema、effusion\uff0cmass", "correct"),
    "one missed": ("edema, effusion", "wrong"),
    "one false": ("edema, effusion, mass, nodule", "wrong"),
    "one instead": ("edema, effusion, nodule", "wrong"),
    "substring": ("edema, effusion, massive", "wrong"),
    "negated": ("edema, effusion, no mass", "wrong"),
    "prose": ("I see edema, effusion, mass", "wrong"),
    "or": ("edema or effusion or mass", "ambiguous_answer"),
    "or at the end": ("edema, effusion, or mass", "ambiguous_answer"),
    "empty": ("", "no_answer"),
    "blank": (" \n ", "no_answer"),
}


@pytest.mark.parametrize(("answer", "status"), ANSWERS.values(), ids=ANSWERS.keys())
def test_right_is_exactly_the_set(answer: str, status: Status) -> None:
    assert Labels()(answer, FINDINGS).status == status
    assert Labels()(answer, ["mass", "edema", "effusion"]).status == status


@pytest.mark.parametrize("reference", [None, "", " ; ", [], ["", "a"], True, 1.5, {"a": 1}, [None]])
@pytest.mark.parametrize("answer", ["edema", ""])
def test_unreadable_reference_is_not_judged(answer: str, reference: Reference) -> None:
    assert Labels()(answer, reference).status == "unreadable_reference"


def test_label_with_a_comma_or_and_stands_in_a_list_or_between_semicolons() -> None:
    for reference in (["Edema, pulmonary", "salt and pepper"], "Edema, pulmonary; salt and pepper"):
        assert Labels()("salt and pepper; edema, pulmonary", reference).correct
        assert Labels()("edema, pulmonary", reference).reason == "missed 'salt and pepper'"
        assert not Labels()("salt, pepper, edema, pulmonary", reference).correct


def test_single_label() -> None:
    assert Labels()("No Finding.", "no finding").correct
    assert Labels()("No finding, mass", "no finding").reason == "false 'mass'"


def test_synonyms_count_once() -> None:
    lungs = Labels(synonyms={"edema": ["oedema"], "effusion": ["fluid"]})

    assert lungs("oedema, fluid, edema", "edema; effusion").correct
    assert lungs("edema", ["oedema"]).correct
    assert not lungs("fluid", "edema; effusion").correct


def test_one_name_under_two_labels_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"labels\.synonyms\.b: "):
        Labels(synonyms={"a": ["x"], "b": ["x"]})


def test_matching_keeps_the_three_sets_apart() -> None:
    found = match_labels("edema, nodule", read_label_set(FINDINGS))

    assert sorted(found.matched) == ["edema"]
    assert sorted(found.missed) == ["effusion", "mass"]
    assert sorted(found.false) == ["nodule"]
    assert not found.exact


words = st.text("abcdefgh", min_size=2, max_size=5)
names = st.lists(words, min_size=1, max_size=6, unique=True)


@given(names, names, st.sampled_from([", ", "; ", "\n", " and ", ", and "]))
def test_agrees_with_sets(listed: list[str], wanted: list[str], separator: str) -> None:
    """The slow reference is Python's own set arithmetic on single words."""
    named, right = frozenset(listed), frozenset(wanted)
    found = match_labels(separator.join(listed), right)

    assert found.matched == named & right
    assert found.missed == right - named
    assert found.false == named - right
    assert Labels()(separator.join(listed), sorted(right)).correct == (named == right)
