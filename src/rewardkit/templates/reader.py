"""A compiled template: cut the reply, check its form, find the answer."""

from typing import TYPE_CHECKING

from rewardkit.errors import ConfigError
from rewardkit.templates.boxed import find_boxed
from rewardkit.templates.cut import Cut, CutOptions, outline
from rewardkit.templates.faults import FaultList
from rewardkit.templates.form import FormRules, check_form
from rewardkit.templates.headings import cut_headings
from rewardkit.templates.markers import INK, MAX_MARKERS, VISIBLE, Markers
from rewardkit.templates.parrot import placeholders
from rewardkit.templates.parsed import Answer, Parsed
from rewardkit.templates.stated import find_stated, variants
from rewardkit.templates.tags import cut_tags

if TYPE_CHECKING:
    from rewardkit.templates.template import Template


class Reader:
    """Reads replies in one layout. Made once for a template, used by any number of threads."""

    def __init__(self, template: "Template") -> None:
        """Compile the template's markers and gather the options that each step needs."""
        rules = template.sections
        self._names = tuple(rule.name for rule in rules)
        self._markers = _compile(template)
        self._headings = bool(rules[0].heading)
        self._options = CutOptions(
            names=self._names,
            one_line=frozenset(i for i, rule in enumerate(rules) if rule.one_line),
            rest=len(rules) - 1 if rules[-1].rest else -1,
            text_outside=template.text_outside,
            nested=template.nested,
            unclosed_end=template.unclosed_end,
            opened=template.opened_in_prompt,
        )
        self._answer = self._names.index(template.answer)
        self._answer_form = template.answer_form
        self._repeated = template.repeated
        self._text_outside = template.text_outside
        self._ignore_case = template.ignore_case
        self._announced = variants(template.announced, template.ignore_case)
        self._form = FormRules(
            names=self._names,
            required=tuple(not rule.optional for rule in rules),
            may_be_empty=tuple(
                (rule.may_be_empty or template.empty_sections) and rule.name != template.answer
                for rule in rules
            ),
            any_order=template.any_order,
            repeated=template.repeated,
        )
        self._form = self._form._replace(
            parroted=placeholders(template, self.read(template.instruction(), False))
        )

    def read(self, reply: str, truncated: bool) -> Parsed:
        """Read one reply; see `Template.parse`."""
        cut_up = cut_headings if self._headings else cut_tags
        cut = cut_up(reply, self._markers, self._options, truncated)
        faults = cut.faults
        check_form(reply, cut, self._form)
        answer = self._find_answer(reply, cut, truncated)
        if truncated:
            faults.add("truncated", "", len(reply), len(reply), "cut at the token limit")
        sections = outline(self._names, cut.sections, reply)
        if faults.count == 0:
            return Parsed(sections, (), answer)
        return Parsed(sections, faults.in_order(), answer, faults.count, frozenset(faults.flawed))

    def _find_answer(self, reply: str, cut: Cut, truncated: bool) -> Answer:
        """The answer section's answer, or why there is none."""
        name = self._names[self._answer]
        if cut.crowded:
            return Answer("unreadable_answer", reason=f"more than {MAX_MARKERS} markers")
        places = [n for n, section in enumerate(cut.sections) if section[0] == self._answer]
        if not places:
            closed = "is never closed" if cut.unclosed == self._answer else "is missing"
            return Answer("no_answer", reason=f"the {name} section {closed}")
        chosen = places[-1]
        if len(places) > 1 and not self._repeated:
            texts = {
                reply[start:end].strip() for _, start, end in map(cut.sections.__getitem__, places)
            }
            if len(texts) > 1:
                reason = f"{len(places)} {name} sections that differ"
                return Answer("ambiguous_answer", reason=reason)
        _, start, end = cut.sections[chosen]
        if chosen in cut.nested:
            reason = f"the {name} section holds another marker"
            return Answer("unreadable_answer", "", start, end, reason)
        answer = self._in_form(reply, start, end, truncated, cut.faults)
        if answer.found and answer.text in self._form.parroted:
            return Answer("no_answer", "", answer.start, answer.end, "the prompt's own words")
        return answer

    def _in_form(
        self, reply: str, start: int, end: int, truncated: bool, faults: FaultList
    ) -> Answer:
        """The answer inside its section, in the template's form; its faults are reported."""
        if self._answer_form == "text":
            return self._whole(reply, start, end, truncated)
        name = self._names[self._answer]
        if VISIBLE.search(reply, start, end) is None:
            return Answer("no_answer", reason=f"the {name} section is empty")
        if self._answer_form == "boxed":
            answer, stop = find_boxed(reply, start, end), end
        else:
            answer, stop = find_stated(
                reply, start, end, self._announced, truncated, self._ignore_case
            )
        if answer.status == "unreadable_answer":
            faults.add("unreadable", name, answer.start, answer.end, f"{name}: {answer.reason}")
        elif not answer.found:
            faults.add("missing", name, end, end, f"{name}: {answer.reason}")
        elif not self._text_outside:
            trailing = reply[stop:end].lstrip(".!*_`")
            if trailing and INK.search(trailing) is not None:
                text = f"{name}: text after the answer"
                faults.add("text_outside", name, stop, end, text)
        return answer

    def _whole(self, reply: str, start: int, end: int, truncated: bool) -> Answer:
        """The whole section as the answer."""
        name = self._names[self._answer]
        if truncated and self._answer == self._options.rest:
            return Answer("no_answer", reason="the reply was cut before its answer was complete")
        if VISIBLE.search(reply, start, end) is None:
            return Answer("no_answer", reason=f"the {name} section is empty")
        raw = reply[start:end]
        text = raw.strip()
        begin = start + len(raw) - len(raw.lstrip())
        return Answer("found", text, begin, begin + len(text))


def _compile(template: "Template") -> Markers:
    """The markers: an opening one has its section's index n as code, a closing one -1 - n."""
    codes: dict[str, int] = {}
    listed = 0
    for index, rule in enumerate(template.sections):
        for marker, code in ((rule.opening, index), (rule.closing, -1 - index)):
            if marker:
                codes[marker] = code
                listed += 1
    markers = Markers(codes, template.ignore_case, template.spaces_in_tags)
    if len(codes) < listed or markers.clash(codes):
        raise ConfigError(f"sections: expected markers that differ, got {', '.join(codes)}")
    return markers
