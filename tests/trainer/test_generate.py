"""Generation and other families: seeds, batches, images, and what can't be read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tiny_families import write_idefics3, write_llava
from tiny_runs import EVALUATE, GRPO, WARMUP, write_questions, write_text_model, write_world

from rewardkit.digits.tiny_vlm import write_tiny_vlm
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.generation.generate import (
    Policy,
    as_chat,
    batches_of,
    generate,
    images_of,
    load_policy,
)
from rewardkit.generation.options import Generation, Model
from rewardkit.generation.policy import load_processor
from rewardkit.generation.questions import read_questions
from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.run import run_recipe
from rewardkit.types import Rollout

HOW = Generation(n=2, temperature=1.0, max_tokens=5, batch_size=4)


@pytest.fixture(scope="module", params=[True, False], ids=["images", "text"])
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Policy, Any, list[Rollout]]:
    folder = tmp_path_factory.mktemp("asked")
    write: Callable[[Path], Path] = write_tiny_vlm if request.param else write_text_model
    model = Model(path=str(write(folder / "m")), dtype="float32")
    processor = load_processor(model)
    rows = read_questions([str(write_questions(folder, 5, request.param))], {})
    return load_policy(model.path, model, processor, HOW), processor, rows


def replies(
    asked: tuple[Policy, Any, list[Rollout]], how: Generation, seed: int = 0, done: int = 0
) -> list[str]:
    policy, processor, rows = asked
    batches = generate(policy, rows, how, processor=processor, seed=seed, done=done)
    return [row.text for batch in batches for row in batch]


def test_replies_are_the_seeds(asked: tuple[Policy, Any, list[Rollout]]) -> None:
    assert replies(asked, HOW, seed=1) == replies(asked, HOW, seed=1) != replies(asked, HOW, seed=2)


def test_later_batches_do_not_need_the_earlier_ones(
    asked: tuple[Policy, Any, list[Rollout]],
) -> None:
    assert [len(batch) for batch in batches_of(asked[2], HOW)] == [2, 2, 1]
    assert replies(asked, HOW, done=1) == replies(asked, HOW)[4:]


def test_greedy_replies_do_not_depend_on_the_batch(
    asked: tuple[Policy, Any, list[Rollout]],
) -> None:
    import torch

    greedy = msgspec.structs.replace(HOW, n=1, temperature=0.0)
    before = torch.random.get_rng_state()
    alone = replies(asked, msgspec.structs.replace(greedy, batch_size=1))
    assert replies(asked, msgspec.structs.replace(greedy, batch_size=5)) == alone
    assert torch.equal(before, torch.random.get_rng_state())


def test_rollouts_keep_their_question(asked: tuple[Policy, Any, list[Rollout]]) -> None:
    policy, processor, rows = asked
    made = [row for batch in generate(policy, rows, HOW, processor=processor) for row in batch]
    assert [row.group for row in made] == [row.id for row in rows for _ in range(2)]
    assert len({row.id for row in made}) == 10
    assert [row.reference for row in made[::2]] == [row.reference for row in rows]
    for row in made:
        assert row.completion_tokens is not None and 1 <= row.completion_tokens <= 5
        assert row.truncated <= (row.completion_tokens == 5)


def test_images_stand_before_the_first_words_of_the_user(tmp_path: Path) -> None:
    (row,) = read_questions([str(write_questions(tmp_path, 1, True))], {})
    chat = as_chat(row, "Be short.", blocks=True)
    assert [block["type"] for block in chat[0]["content"]] == ["image", "text"]
    assert images_of(chat)[0].size == (32, 16)
    assert not images_of(as_chat(row, "", blocks=False))


def test_image_that_cannot_be_read_names_the_question() -> None:
    with pytest.raises(RolloutError, match=r"question 'q7': image nowhere\.png"):
        as_chat(Rollout(completion="", id="q7", images=["nowhere.png"]), "", blocks=True)


def test_vllm_that_is_not_installed_is_said(asked: tuple[Policy, Any, list[Rollout]]) -> None:
    how = msgspec.structs.replace(HOW, engine="vllm")
    with pytest.raises(ConfigError, match="expected vllm installed"):
        load_policy("m", Model(path="m"), asked[1], how)


FAMILIES = {"llava": write_llava, "idefics3": write_idefics3}


@pytest.mark.parametrize("name", FAMILIES)
def test_other_families_go_through_the_stages(name: str, tmp_path: Path) -> None:
    fields = write_world(tmp_path)
    fields["model"]["path"] = str(FAMILIES[name](tmp_path / name))
    stages = {"warm": WARMUP, "rl": GRPO, "eval": EVALUATE}
    done = run_recipe(load_recipe(fields | {"stages": stages}))
    assert done["rl"].metrics["grad_norm"] > 0
    assert done["eval"].metrics["greedy/rows"] == 6
