"""A reply layout as a value: it renders the prompt's instruction and reads replies."""

from functools import cached_property
from typing import Literal

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.templates.parsed import Parsed
from rewardkit.templates.reader import Reader
from rewardkit.templates.rules import SectionRule

MAX_SECTIONS = 32
"""A template has at most so many sections."""


class Template(msgspec.Struct, frozen=True, kw_only=True, dict=True, forbid_unknown_fields=True):
    """One reply layout; prompting, format reward and answer extraction all use the same one.

    Strict by default. Each laxness is an option of its own, off:

    Attributes:
        name: The template's name.
        sections: The sections in their order.
        answer: Name of the section that holds the answer.
        answer_form: `text`: the section is the answer. `boxed`: the last complete box in it is.
            `stated`: what follows the last of `announced` in it is.
        announced: The words that announce an answer, for the form `stated`.
        prompt: The instruction for the prompt; rendered from the sections where empty.
        ignore_case: `<THINK>` is `<think>`.
        spaces_in_tags: `< think >` is `<think>`; up to 8 blanks between a marker's words and signs.
        text_outside: Text may stand outside the sections, and after a stated answer.
        empty_sections: Sections other than the answer may be empty.
        any_order: Sections may stand in any order.
        repeated: Sections may be repeated; the last of a name counts.
        nested: Markers inside a section are text.
        unclosed_end: A section that is still open at the reply's end ends there.
        opened_in_prompt: The prompt ends in the first section's opening marker, so the reply
            begins inside it.

    Raises:
        ConfigError: When the template contradicts itself.

    >>> template = Template(name="short", sections=(SectionRule("think"), SectionRule("answer")))
    >>> template.parse("<think>3 + 4</think><answer>7</answer>").answer.text
    '7'
    >>> [str(fault) for fault in template.parse("<answer>7</answer>").faults]
    ['think: missing (at 18-18)']
    """

    name: str
    sections: tuple[SectionRule, ...]
    answer: str = "answer"
    answer_form: Literal["text", "boxed", "stated"] = "text"
    announced: tuple[str, ...] = ()
    prompt: str = ""
    ignore_case: bool = False
    spaces_in_tags: bool = False
    text_outside: bool = False
    empty_sections: bool = False
    any_order: bool = False
    repeated: bool = False
    nested: bool = False
    unclosed_end: bool = False
    opened_in_prompt: bool = False

    def __post_init__(self) -> None:
        """Refuse a template that no reply could follow."""
        _check_sections(self)
        if (self.answer_form == "stated") != bool(self.announced):
            raise ConfigError("announced: expected for answer_form 'stated', and only there")
        for words in self.announced:
            if not words.strip() or words != words.strip() or len(words) > 100 or "\n" in words:
                raise ConfigError(
                    "announced: expected words of one line, 1 to 100 characters, without white "
                    f"space around them, got {words[:50]!r}"
                )
        if self.opened_in_prompt and not self.sections[0].closing:
            raise ConfigError("opened_in_prompt: expected a first section with a closing marker")
        # Compiling here finds markers that become the same once the laxness has been applied.
        _ = self._reader

    def instruction(self) -> str:
        """The text that tells a model of this layout, for the prompt.

        >>> template = Template(name="short", sections=(SectionRule("answer", "one word"),))
        >>> print(template.instruction())
        Reply in exactly this layout, with nothing before or after it:
        <answer>one word</answer>
        """
        if self.prompt:
            return self.prompt
        layout = "\n".join(rule.render() for rule in self.sections)
        return f"Reply in exactly this layout, with nothing before or after it:\n{layout}"

    def parse(self, reply: str, truncated: bool = False) -> Parsed:
        """Read a reply in time linear in its length; no reply is an error.

        Args:
            reply: The reply, of any length.
            truncated: The reply hit the token limit: a fault, and the answer counts only if it is
                complete.

        Returns:
            Its sections with their spans, what is wrong with its form, and its answer.
        """
        return self._reader.read(reply, truncated)

    def to_config(self) -> str | dict[str, object]:
        """What `load_template` makes this template of: a shipped name, or a plain mapping.

        >>> from rewardkit.templates import load_template
        >>> load_template({"base": "boxed", "text_outside": True}).to_config()
        {'base': 'boxed', 'text_outside': True}
        """
        # Which names are shipped is known one layer up, where templates are made of configuration.
        from rewardkit.templates.encode import template_config

        return template_config(self)

    @cached_property
    def _reader(self) -> Reader:
        """The compiled template; not a field, so it is left out of comparisons and pickles."""
        return Reader(self)


def _check_sections(template: Template) -> None:
    """Refuse sections that contradict one another."""
    rules = template.sections
    names = [rule.name for rule in rules]
    if not 1 <= len(rules) <= MAX_SECTIONS:
        raise ConfigError(f"sections: expected 1 to {MAX_SECTIONS}, got {len(rules)}")
    if len(set(names)) < len(names):
        raise ConfigError(f"sections: expected each name once, got {', '.join(names)}")
    if template.answer not in names:
        raise ConfigError(
            f"answer: expected one of the sections {', '.join(names)}, got {template.answer!r}"
        )
    if any(rule.rest for rule in rules[:-1]):
        raise ConfigError("sections: expected rest for the last section only")
    headings = sum(bool(rule.heading) for rule in rules)
    if headings not in (0, len(rules)):
        raise ConfigError("sections: expected headings for all of them or for none")
