"""What `rewardkit rollout` is asked to do, and what makes two runs of it the same."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from rewardkit.engine.plan import PACKINGS, printed
from rewardkit.formats import Places
from rewardkit.generation.options import Generation, Model
from rewardkit.generation.policy import adapter_base
from rewardkit.rewards.encoders.digests import PICKLED, SUFFIXES, folder_digest
from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.source import Unreadable
from rewardkit.templates import Template
from rewardkit.types import Rollout

if TYPE_CHECKING:
    from rewardkit.generation.datasets_source import DatasetPath

PACKAGES = ("rewardkit", "torch", "transformers")
"""What can change a reply, vLLM aside, which counts where it writes them."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asked for.

    Attributes:
        data: Files of questions, `-` for standard input, or `datasets` paths.
        model: The policy.
        how: How replies are drawn.
        output: A file, `-` for standard output.
        template: Whose instruction ends the prompt; None adds nothing.
        places: Renamings of fields.
        limit: Questions, counted from the first; None for all.
        seed: Of the replies.
        resume: Go on where an unfinished run was.
        restart: Throw an unfinished run away.
        strict: Stop at the first question that can't be put to the model.
    """

    data: "Sequence[str | DatasetPath]"
    model: Model
    how: Generation
    output: str
    template: Template | None = None
    places: Places = {}
    limit: int | None = None
    seed: int = 0
    resume: bool = False
    restart: bool = False
    strict: bool = False

    @property
    def packing(self) -> str:
        """How the output is packed, by its name."""
        return PACKINGS.get(Path(self.output).suffix, "")

    @property
    def instruction(self) -> str:
        """What the template asks for."""
        return "" if self.template is None else self.template.instruction()


def make_plan(
    request: Request, rows: Sequence[Rollout], commit: str | None, device: str
) -> dict[str, Any]:
    """What makes two runs the same: the model, the questions, and what is done with them.

    Args:
        request: What to do.
        rows: The questions.
        commit: Of a model of the hub.
        device: The kind that replies are computed on, such as `cuda`.
    """
    return {
        "model": printed(request.model.path),
        "weights": weights_of(request.model.path, commit),
        "dtype": request.model.dtype,
        "device": device,
        "generation": msgspec.to_builtins(request.how),
        "template": None if request.template is None else request.template.to_config(),
        "seed": request.seed,
        "data": [_shown(one) for one in request.data],
        "questions": len(rows),
        "digest": digest_of(rows),
        "strict": request.strict,
        "versions": _versions(request.how.engine),
    }


def side_car(plan: dict[str, Any], rollouts: int, rejected: int) -> bytes:
    """The content of `OUT.meta.json`: without times, so that a resumed run's is the same."""
    counts = {"rollouts": rollouts, "rejected": rejected}
    return msgspec.json.format(msgspec.json.encode({**plan, "counts": counts}), indent=2) + b"\n"


def _shown(path: "str | DatasetPath") -> Any:  # noqa: ANN401 - as JSON has it
    return printed(path) if isinstance(path, str) else msgspec.to_builtins(path)


def _versions(engine: str) -> dict[str, str]:
    found = {}
    for package in (*PACKAGES, *(["vllm"] if engine == "vllm" else [])):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def weights_of(path: str, commit: str | None) -> str:
    """Name a model by its content: the hash of a folder's files, or the commit of a hub id.

    Args:
        path: A folder, with weights or an adapter, or a hub id.
        commit: Of the hub id, or of an adapter's base.

    Raises:
        ConfigError: When a file can't be read.
    """
    folder = Path(path)
    if not folder.is_dir():
        return commit or "unknown"
    own = folder_digest(folder, (*SUFFIXES, *PICKLED))
    base = adapter_base(path)
    return own if base is None else f"{own} on {weights_of(base, commit)}"


def digest_of(rows: Sequence[Rollout]) -> str:
    """Hash questions with all their fields; an image counts by its path, or by its content.

    >>> digest_of([]) == digest_of([Rollout(completion="")])
    False
    """
    digest = hashlib.sha256()
    for row in rows:
        told = repr(msgspec.structs.replace(row, images=[]))
        digest.update(told.encode("utf-8", "surrogatepass"))
        for image in row.images:
            digest.update(b"\0" + _image_name(image).encode("utf-8", "surrogatepass"))
        digest.update(b"\n")
    return digest.hexdigest()


def _image_name(image: object) -> str:
    if isinstance(image, dict) and image.get("bytes") is None:
        image = image.get("path")
    if isinstance(image, str):
        return image
    found = read_image(image)
    return found.reason if isinstance(found, Unreadable) else found.key
