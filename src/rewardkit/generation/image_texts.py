"""Images of a question as a line of JSON can hold them: a path, or a file beside the output."""

import base64
import hashlib
import io
import os
from pathlib import Path

from rewardkit.atomic import replacing
from rewardkit.rewards.images.naming import scheme_of

KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}
"""How the content of an image begins, and the name of its kind."""


class ImageTexts:
    """Writes down where the images of a question are.

    A path into the output's folder becomes relative to it, so that the folder can be moved; any
    other stays absolute. An image that is in memory becomes a file, once for equal content.
    """

    def __init__(self, output: Path | None) -> None:
        """Describe the place.

        Args:
            output: The file that will name the images; None where it has no folder, so that an
                image in memory becomes a data URI.
        """
        self._output = output
        # Not tidied: `..` after a link is the parent of where it leads.
        self._folder = None if output is None else os.path.join(os.getcwd(), output.parent, "")

    @property
    def folder(self) -> Path | None:
        """Where images that were in memory are kept: `OUT.images`."""
        return None if self._output is None else Path(f"{self._output}.images")

    def text(self, image: object) -> str:
        """One image as a path or a URI.

        Args:
            image: As [`read_image`][rewardkit.rewards.images.read.read_image] takes it, and as it
                could read it.

        Raises:
            ConfigError: When its file can't be written.
        """
        if isinstance(image, dict):
            image = image["path"] if image.get("bytes") is None else image["bytes"]
        if isinstance(image, os.PathLike):
            image = os.fsdecode(image)
        if isinstance(image, str):
            return image if scheme_of(image) else self._path(image)
        return self._kept(content_of(image))

    def _path(self, path: str) -> str:
        near = self._folder is not None and path.startswith(self._folder)
        text = path[len(self._folder or "") :] if near else path
        try:
            text.encode()
        except UnicodeEncodeError:  # a name that is no UTF-8, and JSON has nothing else
            return self._kept(Path(path).read_bytes())
        return text

    def _kept(self, data: bytes) -> str:
        kind = next((kind for head, kind in KINDS.items() if data.startswith(head)), "")
        if self.folder is None:
            media = f"image/{kind}" if kind else "application/octet-stream"
            return f"data:{media};base64,{base64.b64encode(data).decode()}"
        name = hashlib.sha256(data).hexdigest()[:32] + (f".{kind}" if kind else "")
        if not (self.folder / name).exists():
            self.folder.mkdir(exist_ok=True)
            with replacing([self.folder / name]) as (stream,):
                stream.write(data)
        return f"{self.folder.name}/{name}"


def content_of(image: object) -> bytes:
    """The bytes of an image's file; of a PIL image those of a PNG.

    >>> content_of(bytearray(b"GIF8"))
    b'GIF8'
    """
    if isinstance(image, bytes | bytearray | memoryview):
        return bytes(image)
    from PIL import Image

    if not isinstance(image, Image.Image):
        raise TypeError(f"expected an image, got {type(image).__name__}")
    packed = io.BytesIO()
    # A mode that PNG lacks becomes RGB, as it does for the model.
    drawn = (
        image
        if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
        else image.convert("RGB")
    )
    drawn.save(packed, "PNG")
    return packed.getvalue()
