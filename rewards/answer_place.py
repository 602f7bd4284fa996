"""Where a reward that reads coordinates finds them: a template's answer, a section, or all."""

from rewardkit.errors import ConfigError
from rewardkit.templates import Answer, Template, load_template
from rewardkit.types import Rollout


def check_answer_place(kind: str, template: str | Template | None, section: str | None) -> None:
    """Refuse a template that isn't there, and a section that it has not.

    Args:
        kind: The reward's kind, for the message.
        template: The option `template`.
        section: The option `section`.

    Raises:
        ConfigError: Naming the option and what was got.

    >>> check_answer_place("boxes", None, "answer")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: boxes.template: expected the template of section 'answer', got \
none
    """
    if template is None:
        if section is not None:
            raise ConfigError(
                f"{kind}.template: expected the template of section {section!r}, got none"
            )
        return
    names = [rule.name for rule in load_template(template).sections]
    if section is not None and section not in names:
        raise ConfigError(f"{kind}.section: expected one of {', '.join(names)}, got {section!r}")


def stated_answer(rollout: Rollout, template: str | Template | None, section: str | None) -> Answer:
    """The text that coordinates are read from.

    Returns:
        The whole reply without a template; of a section its text, `no_answer` where the reply has
        none; else the template's answer.

    >>> stated_answer(Rollout(completion="<answer>[1, 2]</answer>"), "think-answer", None).text
    '[1, 2]'
    """
    if template is None:
        text = rollout.text.strip()
        return Answer("found", text) if text else Answer("no_answer", reason="the reply is empty")
    parsed = load_template(template).parse(rollout.text, rollout.truncated)
    if section is None:
        return parsed.answer
    found = parsed.section(section)
    if found is None:
        return Answer("no_answer", reason=f"no section {section!r}")
    return Answer("found", found.text.strip(), found.start, found.end)
