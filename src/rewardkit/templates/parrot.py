"""Tell a reply from the prompt's own words: no reply earns by repeating its instruction."""

from typing import TYPE_CHECKING

from rewardkit.templates.parsed import Parsed

if TYPE_CHECKING:
    from rewardkit.templates.template import Template


def placeholders(template: "Template", instruction: Parsed) -> frozenset[str]:
    """The texts that only repeat the prompt when they fill a section.

    An example in a prompt of the user's own may give an answer that is right for many questions,
    such as `yes` or `B`: of answers only those count that name themselves, such as `your answer
    here`, or hold no letter or digit.

    Args:
        template: The template.
        instruction: Its own instruction, as it reads it.

    Returns:
        What each section is about, and what the instruction's examples say in it.
    """
    texts = [rule.about or f"your {rule.name}" for rule in template.sections]
    answers = [instruction.answer.text]
    for section in instruction.sections:
        (answers if section.name == template.answer else texts).append(section.text.strip())
    texts += [text for text in answers if _names_itself(text)]
    return frozenset(texts) - {""}


def _names_itself(text: str) -> bool:
    """Whether an answer is a place for one rather than an example."""
    return "answer" in text.casefold() or not any(map(str.isalnum, text))
