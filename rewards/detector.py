"""The language detector py3langid, loaded on first use and shared."""

import importlib
from copy import copy
from functools import lru_cache
from threading import Lock
from typing import Final, Protocol

LANGUAGES: Final = frozenset(
    "af am an ar as az ba be bg bn br bs ca cs cy da de dz el en eo es et eu fa fi fo fr fy ga gd "
    "gl gu ha he hi hr ht hu hy id ig is it ja jv ka kk km kn ko ku ky la lb lg ln lo lt lv mg mk "
    "ml mn mr ms mt my ne nl nn no oc om or pa pl ps pt qu ro ru rw sa se si sk sl sn so sq sr st "
    "sv sw ta te tg th tk tl tr tt ug uk ur uz vi vo wa xh yo zh zu".split()
)
"""ISO 639-1 codes that the detector knows."""

SAME: Final[tuple[frozenset[str], ...]] = (
    frozenset({"zh", "wuu", "yue"}),
    frozenset({"no", "nn"}),
    frozenset({"en", "pcm"}),
    frozenset({"ar", "ary", "arz"}),
    frozenset({"bs", "hr", "sr"}),
    frozenset({"id", "ms"}),
    frozenset({"ku", "sdh"}),
    frozenset({"uz", "uzs"}),
)
"""Languages that can't be told apart in a sentence: any of them counts as the expected one."""


class Detector(Protocol):
    """What is used of py3langid's identifier."""

    def classify(self, text: str) -> tuple[str, float]:
        """The likeliest language's code and how likely it is, 0 to 1."""

    def rank(self, text: str) -> list[tuple[str, float]]:
        """All candidates with how likely they are, likeliest first."""

    def set_languages(self, langs: list[str] | None = None) -> None:
        """Keep only these languages as candidates."""


_loading = Lock()


@lru_cache(maxsize=1)
def _load_model() -> Detector:
    """Half a second and some 60 MB, so only on first use and once."""
    module = importlib.import_module("py3langid.langid")
    loaded: Detector = module.LanguageIdentifier.from_model_file(module.MODEL_FILE, norm_probs=True)
    return loaded


@lru_cache(maxsize=32)
def _narrowed(among: tuple[str, ...]) -> Detector:
    detector = copy(_load_model())  # shares the tables
    detector.set_languages(sorted(among))
    return detector


def load_detector(among: tuple[str, ...] = ()) -> Detector:
    """The language detector, loaded on first use; safe to call from several threads.

    Args:
        among: Candidate languages; empty for all.
    """
    with _loading:
        return _narrowed(among) if among else _load_model()
