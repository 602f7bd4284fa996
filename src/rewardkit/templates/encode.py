"""Write templates as configuration."""

import msgspec

from rewardkit.templates.rules import SectionRule
from rewardkit.templates.shipped import TEMPLATES
from rewardkit.templates.template import Template


def template_config(template: Template) -> str | dict[str, object]:
    """What `load_template` makes this template of: a shipped name, or a mapping of plain values.

    >>> from rewardkit.templates import load_template
    >>> template_config(load_template({"base": "boxed", "text_outside": True}))
    {'base': 'boxed', 'text_outside': True}
    """
    base = TEMPLATES.get(template.name)
    if base == template:
        return template.name
    values: dict[str, object] = msgspec.to_builtins(template)
    if base is None:
        defaults = dict(
            zip(
                reversed(Template.__struct_fields__),
                reversed(Template.__struct_defaults__),
                strict=False,
            )
        )
        kept = {k: v for k, v in values.items() if getattr(template, k) != defaults.get(k)}
    else:
        kept = {k: v for k, v in values.items() if getattr(template, k) != getattr(base, k)}
        kept = {"base": template.name, **kept}
    if "sections" in kept:
        kept["sections"] = [_rule_config(rule) for rule in template.sections]
    return kept


def _rule_config(rule: SectionRule) -> str | dict[str, object]:
    """A section's rule without its defaults; its name where nothing else is left."""
    plain = SectionRule(rule.name)
    fields = {
        k: getattr(rule, k)
        for k in SectionRule.__struct_fields__
        if getattr(rule, k) != getattr(plain, k)
    }
    return {"name": rule.name, **fields} if fields else rule.name
