"""Which part of a reply a reward measures: the whole of it, or one section of a template."""

from typing import TypeAlias

from rewardkit.errors import ConfigError
from rewardkit.templates import Template, load_template
from rewardkit.types import Rollout

TemplateOption: TypeAlias = str | Template | None
"""A shipped template's name, a path, a template, or None for the whole reply."""


def check_section(kind: str, template: str | Template | None, section: str | None) -> None:
    """Refuse a section without a template, a template without a section, and unknown names.

    Args:
        kind: The reward's kind, for the message.
        template: The option `template`.
        section: The option `section`.

    Raises:
        ConfigError: When the two options don't go together.
    """
    if template is None and section is None:
        return
    if template is None:
        raise ConfigError(
            f"{kind}.template: expected the template of section {section!r}, got none"
        )
    names = [rule.name for rule in load_template(template).sections]
    if section not in names:
        raise ConfigError(f"{kind}.section: expected one of {', '.join(names)}, got {section!r}")


def measured_text(
    rollout: Rollout, template: str | Template | None, section: str | None
) -> str | None:
    """The text that is measured.

    Returns:
        The reply, or its section's inner text; None when the reply has no such section.
    """
    if template is None or section is None:
        return rollout.text
    found = load_template(template).parse(rollout.text, rollout.truncated).section(section)
    return None if found is None else found.text
