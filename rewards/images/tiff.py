"""TIFF, all of whose strips are there; Pillow leaves black what a file has no strip for."""

from typing import Final

from PIL.TiffImagePlugin import TiffImageFile

PLANES: Final = 284
"""The tag PlanarConfiguration; 2 where each colour has strips of its own."""


class Tiff(TiffImageFile):
    """A TIFF with all its strips or tiles."""

    def load_prepare(self) -> None:
        """Make room for the pixels.

        Raises:
            OSError: When a strip or tile is missing.
        """
        boxes = [tile.extents or (0, 0, *self.size) for tile in self.tile]
        found = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
        planes = len(self.getbands()) if self._planes_apart() else 1
        if found < planes * self.width * self.height:
            raise OSError("strips or tiles for a part of the pixels only")
        super().load_prepare()

    def _planes_apart(self) -> bool:
        return self.tag_v2.get(PLANES) == 2 and not self.use_load_libtiff
