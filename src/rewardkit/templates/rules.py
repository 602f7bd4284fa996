"""What a template says about one section."""

import msgspec

from rewardkit.errors import ConfigError

MAX_MARKER = 200
"""A marker has at most so many characters."""


class SectionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One section of a reply layout: how it is marked and what goes in.

    Attributes:
        name: The section's name; letters, digits, `-` and `_`.
        about: What goes in, in a few words for the prompt.
        open: The opening marker; empty for `<name>`.
        close: The closing marker; empty for `</name>`.
        heading: The line that begins the section, in place of the two markers.
        rest: The section has no markers: it is what follows the last marker. Only for the last
            section.
        optional: The section may be left out.
        may_be_empty: The section may stand with nothing in it.
        one_line: Of a heading's section only the first line of text belongs to it.

    Raises:
        ConfigError: When these contradict one another.

    >>> SectionRule("think").opening, SectionRule("think").closing
    ('<think>', '</think>')
    """

    name: str
    about: str = ""
    open: str = ""
    close: str = ""
    heading: str = ""
    rest: bool = False
    optional: bool = False
    may_be_empty: bool = False
    one_line: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be found in a reply."""
        if not self.name.replace("-", "").replace("_", "").isalnum():
            raise ConfigError(
                f"name: expected a section's name of letters, digits, - and _, got {self.name!r}"
            )
        marked = bool(self.open or self.close)
        if bool(self.heading) + self.rest + marked > 1:
            raise ConfigError(f"{self.name}: expected one of heading, rest, or open and close")
        if bool(self.open) != bool(self.close):
            raise ConfigError(f"{self.name}: expected both open and close, got one of them")
        if self.one_line and not self.heading:
            raise ConfigError(f"{self.name}.one_line: expected a section with a heading")
        for marker in (self.open, self.close, self.heading):
            if len(marker) > MAX_MARKER or marker != marker.strip() or "\n" in marker:
                raise ConfigError(
                    f"{self.name}: expected a marker of one line, at most {MAX_MARKER} characters, "
                    f"without white space around it, got {marker[:50]!r}"
                )

    @property
    def opening(self) -> str:
        """The marker that begins the section; empty for the rest."""
        return self.heading or self.open or ("" if self.rest else f"<{self.name}>")

    @property
    def closing(self) -> str:
        """The marker that ends the section; empty where it has none."""
        return "" if self.heading or self.rest else self.close or f"</{self.name}>"

    def render(self) -> str:
        """The section as the prompt shows it."""
        hint = self.about or f"your {self.name}"
        if self.heading and self.one_line:
            return f"{self.heading} {hint}"
        if self.heading:
            return f"{self.heading}\n{hint}"
        return f"{self.opening}{hint}{self.closing}"
