"""Replies to questions, in batches: with transformers, or with vLLM where it is installed."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from rewardkit.errors import ConfigError, RolloutError
from rewardkit.generation.options import Generation, Model
from rewardkit.generation.policy import adapter_base, end_ids, load_model, sees, tokenizer_of
from rewardkit.generation.questions import ask
from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.source import Unreadable
from rewardkit.types import Rollout


class Reply(NamedTuple):
    """What a policy wrote: the text, its length in tokens with the last, whether it was cut off."""

    text: str
    tokens: int
    truncated: bool


class Policy(Protocol):
    """Anything that replies to a batch of chats."""

    def reply(self, chats: list[list[dict[str, Any]]], how: Generation, seed: int) -> list[Reply]:
        """`how.n` replies a chat, those of a chat together; the same ones for the same seed."""


class TransformersPolicy:
    """Replies by `generate` of transformers, prompts padded on the left."""

    def __init__(self, model: Any, processor: Any) -> None:  # noqa: ANN401 - any architecture
        """Take a model as it is, on its device."""
        self._model, self._processor = model, processor
        self._ends = end_ids(model, processor)

    def reply(self, chats: list[list[dict[str, Any]]], how: Generation, seed: int) -> list[Reply]:
        """As the protocol says. Greedy replies leave torch's random state alone."""
        import torch

        padding: dict[str, Any] = {"padding": True, "return_tensors": "pt"}
        batch = self._processor.apply_chat_template(
            chats,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            **({"processor_kwargs": padding} if sees(self._processor) else padding),
        ).to(self._model.device)
        if how.temperature > 0:
            torch.manual_seed(seed)
        with torch.inference_mode():
            written = self._model.generate(**batch, generation_config=self._config(how))
        return [self._read(ids) for ids in written[:, batch["input_ids"].shape[1] :].tolist()]

    def _config(self, how: Generation) -> Any:  # noqa: ANN401 - transformers is imported late
        from transformers import GenerationConfig

        drawn: dict[str, Any] = {"temperature": how.temperature, "top_p": how.top_p, "top_k": 0}
        return GenerationConfig(  # type: ignore[no-untyped-call] # as it is there
            do_sample=how.temperature > 0,
            max_new_tokens=how.max_tokens,
            num_return_sequences=how.n,
            eos_token_id=self._ends,
            pad_token_id=tokenizer_of(self._processor).pad_token_id,
            repetition_penalty=1.0,
            use_cache=True,
            **(drawn if how.temperature > 0 else {}),
        )

    def _read(self, ids: list[int]) -> Reply:
        end = next((i for i, one in enumerate(ids) if one in self._ends), None)
        kept = ids if end is None else ids[: end + 1]
        text = tokenizer_of(self._processor).decode(kept, skip_special_tokens=True)
        return Reply(text, len(kept), end is None)


class VllmPolicy:
    """Replies by vLLM, one engine a process."""

    def __init__(self, path: str, model: Model, processor: Any, ranks: int) -> None:  # noqa: ANN401
        """Load the engine.

        Raises:
            ConfigError: When vLLM is not installed, or the path holds an adapter.
        """
        try:
            from vllm import LLM
        except ImportError as error:
            raise ConfigError("generation.engine: expected vllm installed, got none") from error
        if adapter_base(path):
            raise ConfigError("generation.engine: vllm: expected whole weights, got an adapter")
        launcher = {"distributed_executor_backend": "external_launcher"} if ranks > 1 else {}
        revision = model.revision if path == model.path else None
        self._engine = LLM(model=path, revision=revision, dtype=model.dtype, **launcher)
        self._processor = processor

    def reply(self, chats: list[list[dict[str, Any]]], how: Generation, seed: int) -> list[Reply]:
        """As the protocol says."""
        from vllm import SamplingParams

        prompts = [
            {
                "prompt": self._processor.apply_chat_template(
                    chat, add_generation_prompt=True, tokenize=False
                ),
                **({"multi_modal_data": {"image": found}} if (found := images_of(chat)) else {}),
            }
            for chat in chats
        ]
        drawn = SamplingParams(
            n=how.n,
            temperature=how.temperature,
            top_p=how.top_p if how.temperature > 0 else 1.0,
            max_tokens=how.max_tokens,
            seed=seed,
        )
        return [
            Reply(one.text, len(one.token_ids), one.finish_reason == "length")
            for answer in self._engine.generate(prompts, drawn, use_tqdm=False)
            for one in answer.outputs
        ]


def load_policy(path: str, model: Model, processor: Any, how: Generation) -> Policy:  # noqa: ANN401
    """The policy in a folder or of a hub id, ready to reply on this process's device."""
    from accelerate import PartialState

    state = PartialState()
    if how.engine == "vllm":
        return VllmPolicy(path, model, processor, state.num_processes)
    return TransformersPolicy(load_model(path, model).to(state.device).eval(), processor)


def images_of(chat: Sequence[dict[str, Any]]) -> list[Any]:
    """The images in a chat's blocks, in their order."""
    blocks = (
        block for said in chat if isinstance(said["content"], list) for block in said["content"]
    )
    return [block["image"] for block in blocks if block["type"] == "image"]


def open_images(row: Rollout) -> list[Any]:
    """A question's images, as PIL has them.

    Raises:
        RolloutError: For one that can't be read, naming the question.
    """
    opened = []
    for source in row.images:
        found = read_image(source)
        image = found if isinstance(found, Unreadable) else found.decode()
        if isinstance(image, Unreadable):
            raise RolloutError(f"question '{row.id}': {image.reason}")
        opened.append(image)
    return opened


def as_chat(row: Rollout, instruction: str, blocks: bool) -> list[dict[str, Any]]:
    """The chat of a question; in blocks, its images before the first words of the user."""
    chat = ask(row, instruction)
    if not blocks:
        return chat
    images = [{"type": "image", "image": image} for image in open_images(row)]
    for said in chat:
        said["content"] = [{"type": "text", "text": said["content"]}]
        if said["role"] == "user":
            said["content"], images = [*images, *said["content"]], []
    return chat


def batches_of(rows: Sequence[Rollout], how: Generation) -> list[Sequence[Rollout]]:
    """The questions that are put to a policy at a time."""
    size = max(1, how.batch_size // how.n)
    return [rows[i : i + size] for i in range(0, len(rows), size)]


def share_of(rows: Sequence[Rollout]) -> Sequence[Rollout]:
    """This process's share of the questions."""
    from accelerate import PartialState

    state = PartialState()
    return rows[state.process_index :: state.num_processes]


def generate(
    policy: Policy,
    rows: Sequence[Rollout],
    how: Generation,
    *,
    processor: object,
    instruction: str = "",
    seed: int = 0,
    done: int = 0,
) -> Iterator[list[Rollout]]:
    """Put questions to a policy.

    Args:
        policy: Who replies.
        rows: The questions.
        how: How many replies a question, and how they are drawn.
        processor: The policy's; it says whether there are images in chats.
        instruction: The template's, for the prompt.
        seed: Of the replies; each batch's depends on it and on the batch's place alone.
        done: Batches to leave out, which an earlier run has.

    Yields:
        The rollouts of a batch, `how.n` a question, whose group is the question's id.
    """
    for number, batch in enumerate(batches_of(rows, how)):
        if number < done:
            continue
        chats = [as_chat(row, instruction, sees(processor)) for row in batch]
        replies = iter(policy.reply(chats, how, (seed * 1_000_003 + number) % 2**63))
        yield [
            msgspec.structs.replace(
                row,
                id=f"{row.id}:{i}" if how.n > 1 else row.id,
                group=row.id,
                completion=reply.text,
                completion_tokens=reply.tokens,
                truncated=reply.truncated,
            )
            for row in batch
            for i, reply in zip(range(how.n), replies, strict=False)
        ]
