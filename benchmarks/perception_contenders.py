"""One way of scoring images against texts, in a process of its own; prints what it took as JSON.

    python perception_contenders.py WAY JOB.json

Each way does the same: read the image file, prepare it, encode it, tokenize and encode the text,
cosine. Loading the model and one pair to warm up are left out of the time.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec
import torch
from PIL import Image
from transformers import AutoImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizer

from rewardkit.rewards import ClipScore
from rewardkit.rewards.encoders import TransformersClip
from rewardkit.types import Rollout

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Pair(msgspec.Struct, frozen=True):
    """An image file and a text."""

    image: str
    text: str


class Job(msgspec.Struct, frozen=True):
    """What is scored, with what.

    Attributes:
        model: Folder of a CLIP checkpoint.
        pairs: In the order of rollouts, those of a question beside each other.
        warm_up: A pair of another image, scored first.
        device: `cpu` or `cuda`.
        dtype: A key of `DTYPES`.
        threads: For torch's own pool.
        batch: Pairs in a batch of the ways that batch without looking for repetitions.
    """

    model: str
    pairs: list[Pair]
    warm_up: Pair
    device: str
    dtype: Literal["float32", "bfloat16"]
    threads: int
    batch: int = 64


class Taken(msgspec.Struct, frozen=True):
    """What a way took.

    Attributes:
        seconds: Wall clock for all pairs.
        images: Images that went through the image tower, repetitions counted.
        calls: Calls of the two towers together.
        peak_mib: Peak resident memory of the process, model and imports included; on a GPU the
            peak that torch allocated there.
        cosines: In the order of the pairs.
    """

    seconds: float
    images: int
    calls: int
    peak_mib: float
    cosines: list[float]


Scorer = Callable[[list[Pair]], list[float]]


def open_rgb(path: str) -> Image.Image:
    """Read a whole image file."""
    with Image.open(path) as image:
        return image.convert("RGB")


def load(job: Job) -> tuple[CLIPModel, CLIPProcessor]:
    """The model and its processor, ready to be called."""
    model = load_model(CLIPModel, job)
    # Through Pillow, as CLIP was trained; torchvision's resizing gives slightly other pixels.
    images = AutoImageProcessor.from_pretrained(job.model, backend="pil")  # type: ignore[no-untyped-call]  # has no types
    tokenizer = CLIPTokenizer.from_pretrained(job.model)
    return model, CLIPProcessor(images, tokenizer)  # type: ignore[no-untyped-call]  # has no types


def load_model(model_type: type[CLIPModel], job: Job) -> CLIPModel:
    """The model on its device, to be asked only."""
    model = model_type.from_pretrained(job.model, dtype=DTYPES[job.dtype])
    torch.nn.Module.to(model, job.device)
    torch.nn.Module.train(model, False)
    return model


def batched(job: Job, size: int) -> Scorer:
    """Plain transformers, `size` pairs a batch, every image as often as it occurs."""
    model, processor = load(job)

    @torch.inference_mode()
    def score(pairs: list[Pair]) -> list[float]:
        cosines: list[float] = []
        for start in range(0, len(pairs), size):
            part = pairs[start : start + size]
            inputs = processor(
                text=[pair.text for pair in part],
                images=[open_rgb(pair.image) for pair in part],
                return_tensors="pt",
                padding="max_length",
                truncation=True,
            ).to(job.device)
            pixels = inputs["pixel_values"].to(DTYPES[job.dtype])
            images = model.get_image_features(pixels).pooler_output.float()
            texts = model.get_text_features(
                inputs["input_ids"], inputs["attention_mask"]
            ).pooler_output.float()
            cosines += torch.cosine_similarity(images, texts).tolist()
        return cosines

    return score


def one_pair_at_a_time(job: Job) -> Scorer:
    """What the released stage-1 reward of PeBR-R1 does, with this model."""
    return batched(job, 1)


def batched_loop(job: Job) -> Scorer:
    """Batches, repetitions and all."""
    return batched(job, job.batch)


class PooledClip(CLIPModel):  # type: ignore[no-untyped-call]  # transformers' has no types
    """CLIP whose features are tensors, as torchmetrics expects and transformers 4 returned them."""

    def get_image_features(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """Un-normalised features, [N, D]."""
        pixels = pixel_values.to(self.dtype)
        features: torch.Tensor = super().get_image_features(pixels).pooler_output.float()
        return features

    def get_text_features(self, input_ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Un-normalised features, [M, D]."""
        features: torch.Tensor = super().get_text_features(input_ids, mask).pooler_output.float()
        return features


def torchmetrics_scorer(model_type: type[CLIPModel]) -> Callable[[Job], Scorer]:
    """`clip_score` of torchmetrics, divided by its 100, on a model of this type."""

    def make(job: Job) -> Scorer:
        from torchmetrics.functional.multimodal.clip_score import _clip_score_update
        from torchvision.transforms.functional import pil_to_tensor

        model = load_model(model_type, job)
        processor = CLIPProcessor.from_pretrained(job.model)

        @torch.inference_mode()
        def score(pairs: list[Pair]) -> list[float]:
            cosines: list[float] = []
            for start in range(0, len(pairs), job.batch):
                part = pairs[start : start + job.batch]
                images = [pil_to_tensor(open_rgb(pair.image)).to(job.device) for pair in part]
                # `clip_score` itself returns only the mean; this is what it is the mean of.
                scores, _ = _clip_score_update(
                    images, [pair.text for pair in part], model, processor
                )
                cosines += (scores / 100).tolist()
            return cosines

        return score

    return make


def rewardkit_scorer(job: Job) -> Scorer:
    """`clip-score` as it is configured for this model."""
    encoder = TransformersClip(
        model=job.model, device=job.device, dtype=job.dtype, threads=job.threads
    )
    reward = ClipScore(encoder=encoder, form="cosine")

    def score(pairs: list[Pair]) -> list[float]:
        rollouts = [Rollout(completion=pair.text, images=[pair.image]) for pair in pairs]
        scores = reward(rollouts)
        unjudged = [score.reason for score in scores if score.value is None]
        if unjudged:
            raise SystemExit(f"expected every pair judged, got: {unjudged[0]}")
        return [score.value or 0.0 for score in scores]

    return score


WAYS: dict[str, Callable[[Job], Scorer]] = {
    "rewardkit": rewardkit_scorer,
    "one pair at a time": one_pair_at_a_time,
    "batches, nothing shared": batched_loop,
    "torchmetrics": torchmetrics_scorer(CLIPModel),
    "torchmetrics, model wrapped": torchmetrics_scorer(PooledClip),
}


class Counter:
    """Counts what goes through the towers of every CLIP of the process."""

    def __init__(self) -> None:
        """Count from now on."""
        self.images = self.calls = 0
        torch.nn.modules.module.register_module_forward_hook(self._count)

    def _count(self, module: torch.nn.Module, inputs: object, output: object) -> None:
        kind = type(module).__name__
        if kind == "CLIPVisionModel":
            self.images += len(output.last_hidden_state)  # type: ignore[attr-defined]  # the tower's output
        self.calls += kind in ("CLIPVisionModel", "CLIPTextModel")


def peak_mib(device: str) -> float:
    """Peak memory so far, in MiB."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(way: str, job: Job) -> Taken:
    """Score the pairs one way.

    Args:
        way: A key of `WAYS`.
        job: What is scored.
    """
    torch.set_num_threads(job.threads)
    score = WAYS[way](job)
    score([job.warm_up])
    counter = Counter()
    began = time.perf_counter()
    cosines = score(job.pairs)
    seconds = time.perf_counter() - began
    return Taken(seconds, counter.images, counter.calls, peak_mib(job.device), cosines)


if __name__ == "__main__":
    chosen = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=Job)
    print(json.dumps(msgspec.to_builtins(run(sys.argv[1], chosen))))
