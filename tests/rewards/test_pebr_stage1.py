"""pebr-stage1 on a tiny FG-CLIP: the released numbers for well-formed replies, the flaws mended."""

import re

import pytest
import torch
from tiny_clip import clip_folder, fgclip_folder, picture

from rewardkit.errors import ConfigError
from rewardkit.rewards import Reward, load_reward
from rewardkit.rewards.encoders import FgClip, shared_encoder
from rewardkit.types import Rollout, Score

REPLY = (
    "### Image Description:\n{}\n\n### Rationales:\nIt is seen.\n\n"
    "### Let's think step by step.\n\n### Step 1:\nLook.\n\n### The final answer is: 7"
)
DESCRIPTIONS = [
    "A red dog and a cat.",
    "a cat",
    "One DOG",
    "The dog sleeps. " * 12,
    "図の猫 dog",
    "nothing of it",
]
KEYWORDS = ["dog", "cat", "red ball"]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """The machine is shared, and the models are tiny."""
    torch.set_num_threads(1)


def stage1(saturate_at: object = 0.3, **options: object) -> Reward:
    changes = {"parts.clip.encoder.model": fgclip_folder(), "parts.clip.saturate_at": saturate_at}
    return load_reward("pebr-stage1", options={**changes, **options})


def rollout(completion: str, image: int = 0, tokens: int | None = 600) -> Rollout:
    return Rollout(
        completion=completion,
        images=[picture(image)],
        keywords=KEYWORDS,
        completion_tokens=tokens,
    )


def score(completion: str, **fields: int | None) -> Score:
    return stage1()([rollout(completion, **fields)])[0]  # type: ignore[arg-type]  # fields of the row


def released_cosine(reply: str, image: int) -> float:
    """What the released function compares: the text between the two headings, in long mode."""
    between = re.search(r"### Image Description:(.*?)### Rationales:", reply, re.DOTALL)
    assert between is not None
    encoder = shared_encoder(FgClip(model=fgclip_folder()))
    [seen] = encoder.encode_images([picture(image)])
    [said] = encoder.encode_texts([between[1].strip()], "long")
    return float(seen @ said)


def released_keywords(reply: str, keywords: list[str]) -> float:
    return sum(word.lower() in reply.lower() for word in keywords) / len(keywords)


def released_format(reply: str) -> float:
    patterns = ("Image Description:", "Rationales:", r"Step\s*1:", "The final answer is:")
    return float(all(re.search(rf"###\s*{p}", reply, re.IGNORECASE) for p in patterns))


def released_length(tokens: int) -> float:
    return 1.0 if tokens <= 512 else 512 / tokens


@pytest.mark.parametrize("tokens", [1, 512, 513, 1024, 9999])
@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_well_formed_replies_earn_the_released_numbers(description: str, tokens: int) -> None:
    reply = REPLY.format(description)
    got = 0
    for image in range(4):
        cosine = released_cosine(reply, image)
        if cosine <= 0.0:
            continue
        got += 1
        expected = {
            "clip": 1.0 if cosine >= 0.3 else cosine / 0.3,
            "keywords": released_keywords(reply, KEYWORDS),
            "format": released_format(reply),
            "length": released_length(tokens),
        }
        result = score(reply, image=image, tokens=tokens)
        for name, value in expected.items():
            assert result.parts[name].value == pytest.approx(value, abs=1e-5), name
        weights = {"clip": 0.4, "keywords": 0.4, "format": 0.1, "length": 0.1}
        total = sum(weights[name] * value for name, value in expected.items())
        assert result.value == pytest.approx(total, abs=1e-5)
    assert got, "some cosine is positive"


LAYOUTS = {
    "text beside its heading": REPLY.replace(":\n", ": "),
    "no heading before the steps": REPLY.replace("### Let's think step by step.\n\n", ""),
    "titled steps": REPLY.replace("Step 1:\n", "Step 1: Look closer\n"),
    "two steps": REPLY.replace("### The", "### Step 2:\nCount.\n\n### The"),
    "line ends of Windows": REPLY.replace("\n", "\r\n"),
    "paragraphs and a heading below": REPLY.replace(
        "{}", "{}\n\n- a red ball\n\n#### More\nA cat."
    ),
    "marks": REPLY.replace("{}", "**{}** `a` < b"),
    "answer under its heading": REPLY.replace("is: 7", "is:\n7"),
    "white space around": f"\n{REPLY}\n\n",
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_that_replies_have_earn_the_released_numbers(name: str) -> None:
    reply = LAYOUTS[name].format("One dog, sleeping.")
    found = re.search(r"### Image Description:(.*?)### Rationales:", reply, re.DOTALL)
    assert found is not None
    assert found[1].count("dog") == 1

    parts = stage1(0.9)([rollout(reply)])[0].parts

    cosine = released_cosine(reply, 0)
    assert 0.1 < cosine < 0.9, "no end of the scale, where texts are not told apart"
    assert parts["clip"].value == pytest.approx(cosine / 0.9, abs=1e-5)
    assert parts["keywords"].value == pytest.approx(released_keywords(reply, KEYWORDS))
    assert parts["format"].value == released_format(reply) == 1.0
    assert parts["length"].value == pytest.approx(512 / 600)


def test_an_empty_description_earns_no_clip() -> None:
    parts = score(REPLY.format("")).parts
    assert (parts["clip"].value, parts["clip"].reason) == (0.0, "empty text")


def test_a_negative_cosine_earns_nothing_and_costs_nothing() -> None:
    found = 0
    for seed in range(6):
        reply = REPLY.format("A red dog and a cat.")
        reward = stage1(**{"parts.clip.encoder.model": fgclip_folder(seed)})
        [result] = reward([rollout(reply, image=seed)])
        if result.parts["clip"].reason.startswith("cosine -"):
            found += 1
            assert result.parts["clip"].value == 0.0
    assert found, "one of these models gives a negative cosine"


@pytest.mark.parametrize(
    ("name", "completion", "part", "value"),
    [
        ("part of a word", REPLY.format("a category of dogged bobcats"), "keywords", 0.0),
        ("stuffed behind", REPLY.format("A tree.") + "\ndog cat red ball", "keywords", 0.0),
        ("stuffed before", "dog cat red ball\n" + REPLY.format("A tree."), "keywords", 0.0),
        ("beyond the encoder", REPLY.format("a " * 248 + "dog"), "keywords", 0.0),
        ("as far as the encoder", REPLY.format("a " * 247 + "dog"), "keywords", 1 / 3),
        ("other order", "\n".join(reversed(REPLY.format("A dog.").split("\n"))), "format", 0.0),
        ("other case", REPLY.format("A dog.").upper(), "format", 0.0),
        ("no description", REPLY.format("A dog.").partition("\n\n")[2], "clip", 0.0),
        ("silence", "", "length", 0.0),
        ("short and malformed", "dog", "length", 0.0),
    ],
)
def test_what_paid_there_pays_nothing_here(
    name: str, completion: str, part: str, value: float
) -> None:
    assert score(completion).parts[part].value == pytest.approx(value), name


def test_silence_is_worth_nothing() -> None:
    assert score("").value == 0.0


def test_what_the_data_lacks_is_not_judged() -> None:
    reply = REPLY.format("A dog.")
    whole = rollout(reply)
    for row, part in [
        (Rollout(completion=reply, keywords=KEYWORDS, completion_tokens=9), "clip"),
        (Rollout(completion=reply, images=[picture(0)], completion_tokens=9), "keywords"),
        (rollout(reply, tokens=None), "length"),
    ]:
        broken, fine = stage1()([row, whole])
        assert broken.value is None
        assert broken.parts[part].value is None
        assert fine.value is not None


@pytest.mark.parametrize(
    "options",
    [
        {"parts.clip.encoder.model": fgclip_folder()},
        {"parts.clip.encoder": {"kind": "transformers", "model": clip_folder()}},
        {"parts.clip.text_mode": "short"},
    ],
)
def test_the_published_saturation_is_refused_for_other_encoders(options: dict[str, object]) -> None:
    reward = load_reward("pebr-stage1", options=options)
    with pytest.raises(ConfigError, match=r"clip-score.saturate_at: .*rewardkit calibrate"):
        reward([rollout(REPLY.format("A dog."))])
