"""Reply layouts: render the prompt's instruction, parse replies, say what is wrong with them."""

from rewardkit.templates.config import load_template
from rewardkit.templates.parsed import Answer, Fault, FaultKind, Parsed, Section
from rewardkit.templates.rules import SectionRule
from rewardkit.templates.shipped import TEMPLATES
from rewardkit.templates.template import Template

__all__ = [
    "TEMPLATES",
    "Answer",
    "Fault",
    "FaultKind",
    "Parsed",
    "Section",
    "SectionRule",
    "Template",
    "load_template",
]
