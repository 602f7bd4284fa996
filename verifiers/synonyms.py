"""Names that mean the same label."""

from collections.abc import Mapping, Sequence

from rewardkit.errors import ConfigError
from rewardkit.verifiers.cleaning import plain


def canonical_names(synonyms: Mapping[str, Sequence[str]], where: str) -> dict[str, str]:
    """Map the plain form of every name to the plain form of its label.

    Args:
        synonyms: Each label with the other names that it goes by.
        where: What the message names as the place of a mistake, such as `label.synonyms`.

    Raises:
        ConfigError: When a label's names are not a list of texts, or one name has two labels.

    >>> canonical_names({"dog": ["Hound"]}, "label.synonyms")
    {'dog': 'dog', 'hound': 'dog'}
    """
    if not isinstance(synonyms, Mapping):
        raise ConfigError(f"{where}: expected a mapping of labels to lists, got {synonyms!r}")
    found: dict[str, str] = {}
    for label, names in synonyms.items():
        if isinstance(names, str) or not isinstance(names, Sequence):
            raise ConfigError(f"{where}.{label}: expected a list of texts, got {names!r}")
        for name in (label, *names):
            if not isinstance(name, str) or not plain(name):
                raise ConfigError(
                    f"{where}.{label}: expected a text that is not blank, got {name!r}"
                )
            if found.setdefault(plain(name), plain(label)) != plain(label):
                raise ConfigError(
                    f"{where}.{label}: expected each name under one label, got {name!r} "
                    f"under {found[plain(name)]!r} too"
                )
    return found
