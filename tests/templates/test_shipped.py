"""What each shipped template makes of good and bad replies."""

import pytest

from rewardkit.templates import TEMPLATES, load_template

PEBR = """### Image Description:
A triangle with two equal sides.
### Rationales:
The base angles are equal.
### Let's think step by step.
### Step 1: 180 - 40 = 140
### Step 2: 140 / 2 = 70
### The final answer is: 70
"""
LLAVA = (
    "<SUMMARY>s</SUMMARY>\n\n<CAPTION>c</CAPTION>\n\n<REASONING>r</REASONING>\n\n"
    "<CONCLUSION>dog</CONCLUSION>"
)

# template, reply, the answer or its status, the kinds of its faults
ROWS: dict[str, tuple[str, str, str, str]] = {
    "llava": ("llava-cot", LLAVA, "dog", ""),
    "llava: no caption": (
        "llava-cot",
        LLAVA.replace("<CAPTION>c</CAPTION>", ""),
        "dog",
        "missing",
    ),
    "llava: other order": (
        "llava-cot",
        "<CAPTION>c</CAPTION><SUMMARY>s</SUMMARY><REASONING>r</REASONING><CONCLUSION>d</CONCLUSION>",
        "d",
        "out_of_order",
    ),
    "llava: small letters": ("llava-cot", LLAVA.lower(), "no_answer", "text_outside missing*4"),
    "pebr": ("pebr", PEBR, "70", ""),
    "pebr: without the optional heading": (
        "pebr",
        PEBR.replace("### Let's think step by step.\n", ""),
        "70",
        "",
    ),
    "pebr: carriage returns": ("pebr", PEBR.replace("\n", "\r\n"), "70", ""),
    "pebr: answer on the next line": ("pebr", PEBR.replace("is: 70", "is:\n70"), "70", ""),
    "pebr: text after the answer": ("pebr", PEBR + "Or 71.", "70", "text_outside"),
    "pebr: text before": ("pebr", "Sure.\n" + PEBR, "70", "text_outside"),
    "pebr: empty description": (
        "pebr",
        PEBR.replace("A triangle with two equal sides.", ""),
        "70",
        "empty",
    ),
    "pebr: heading inside a line": (
        "pebr",
        PEBR.replace("\n### Rationales:", " ### Rationales:"),
        "70",
        "missing",
    ),
    "pebr: two answers": (
        "pebr",
        PEBR + "### The final answer is: 71",
        "ambiguous_answer",
        "repeated",
    ),
    "pebr: no text after the answer's heading": (
        "pebr",
        PEBR.replace("is: 70", "is:"),
        "no_answer",
        "empty",
    ),
    "boxed": ("boxed", r"So $x = \boxed{\frac{7}{2}}$.", r"\frac{7}{2}", ""),
    "boxed: the last counts": ("boxed", r"is \boxed{5}… no, \boxed{7}", "7", ""),
    "boxed: neighbours": ("boxed", r"\boxed{5}\boxed{7}", "7", ""),
    "boxed: fbox": ("boxed", r"\fbox{7}", "7", ""),
    "boxed: blank before the brace": ("boxed", r"\boxed {7}", "7", ""),
    "boxed: box in a box": ("boxed", r"\boxed{5 or \boxed{7}}", r"5 or \boxed{7}", ""),
    "boxed: escaped braces": ("boxed", r"\boxed{\{1, 2\}}", r"\{1, 2\}", ""),
    "boxed: doubled backslash": ("boxed", r"\\boxed{5} \\boxed{7}", "7", ""),
    "boxed: never closed": ("boxed", r"\boxed{\text{unclosed", "unreadable_answer", "unreadable"),
    "boxed: closed before, then begun": ("boxed", r"\boxed{7} and \boxed{\frac{1", "7", ""),
    "boxed: no brace": ("boxed", r"\boxed 7", "unreadable_answer", "unreadable"),
    "boxed: empty": ("boxed", r"\boxed{ }", "no_answer", "missing"),
    "boxed: empty ones are passed over": ("boxed", r"\boxed{7}, put in \boxed{}", "7", ""),
    "boxed: none": ("boxed", "7", "no_answer", "missing"),
    "boxed: only in the thoughts": (
        "boxed",
        r"<think>\boxed{7}</think> It is 7.",
        "no_answer",
        "missing",
    ),
    "boxed: thoughts without an end": (
        "boxed",
        r"<think>\boxed{7} but",
        "no_answer",
        "unclosed missing",
    ),
    "boxed: after the thoughts": ("boxed", r"<think>\boxed{5}</think> \boxed{7}", "7", ""),
    "boxed: thoughts opened in the prompt": (
        "boxed",
        r"\boxed{5}</think> \boxed{7}",
        "7",
        "text_outside unopened",
    ),
    "gsm8k: sign": ("gsm8k", "3 + 4 = 7\n#### 72", "72", ""),
    "gsm8k: A": ("gsm8k", "3 + 4 = 7\nA: 72\n", "72", ""),
    "gsm8k: Answer": ("gsm8k", "3 + 4 = 7\n**Answer:** 72", "72", ""),
    "gsm8k: Final Answer": ("gsm8k", "**Final Answer: 72**", "72", ""),
    "gsm8k: Answer inside a line": ("gsm8k", "An Answer: 72", "no_answer", "missing"),
    "gsm8k: on the next line": ("gsm8k", "The answer is:\n\n$$72$$", "$$72$$", ""),
    "gsm8k: sign, then the next line": ("gsm8k", "####\n72\n", "72", ""),
    "gsm8k: next line, then text": ("gsm8k", "A:\n72\nBye.", "72", "text_outside"),
    "gsm8k: thousands": ("gsm8k", "A: 90,000", "90,000", ""),
    "gsm8k: sentence": ("gsm8k", "The answer is 72.", "72", ""),
    "gsm8k: sentence after a sentence": ("gsm8k", "It is 72. The answer is 72", "72", ""),
    "gsm8k: led in": ("gsm8k", "Therefore, the answer is $72.", "$72", ""),
    "gsm8k: led in by a clause": ("gsm8k", "8 * 9 = 72, so the answer is 72.", "72", ""),
    "gsm8k: colon and bold": ("gsm8k", "**The answer is: 72**", "72", ""),
    "gsm8k: decimal": ("gsm8k", "The answer is 3.5 miles.", "3.5 miles", ""),
    "gsm8k: sign after a phrase": ("gsm8k", "The answer is #### 72", "72", ""),
    "gsm8k: calculator": ("gsm8k", "A: <<3+4=7>>7", "7", ""),
    "gsm8k: calculator before": ("gsm8k", "3+4 = <<3+4=7>>7\nA: 72", "72", ""),
    "gsm8k: the last counts": ("gsm8k", "A: 5\nA: 72", "72", ""),
    "gsm8k: the last of different forms": ("gsm8k", "#### 5\nThe answer is 72.", "72", ""),
    "gsm8k: corrected": ("gsm8k", "The answer is 5? No, the answer is 72.", "72", ""),
    "gsm8k: A inside a line": ("gsm8k", "Job A: 30000", "no_answer", "missing"),
    "gsm8k: A inside, then at the start": ("gsm8k", "Job A: 3 and\nA: 72", "72", ""),
    "gsm8k: denied": ("gsm8k", "I doubt that the answer is 5.", "no_answer", "missing"),
    "gsm8k: supposed": ("gsm8k", "If the answer is 5, we are done.", "no_answer", "missing"),
    "gsm8k: bare number": ("gsm8k", "3 + 4 = 7", "no_answer", "missing"),
    "gsm8k: nothing said": ("gsm8k", "3 + 4\nA:", "no_answer", "missing"),
    "gsm8k: text after": ("gsm8k", "A: 72\nQ: What next?", "72", "text_outside"),
    "gsm8k: emoji after": ("gsm8k", "The answer is 72. 🥞", "72", "text_outside"),
    "gsm8k: remark after": ("gsm8k", "The answer is 72. (8 times 9)", "72", "text_outside"),
    "gsm8k: full stop inside": ("gsm8k", "The answer is approx. 72", "approx. 72", ""),
    "gsm8k: sentence after": ("gsm8k", "The answer is 72. Bye.", "72", "text_outside"),
    "gsm8k: only in the thoughts": (
        "gsm8k",
        "<think>\nA: 72</think>\nIt is clear.",
        "no_answer",
        "missing",
    ),
    "gsm8k: small letter is no sign": ("gsm8k", "a: 72", "no_answer", "missing"),
    "gsm8k: far into a long line": (
        "gsm8k",
        "x " * 100 + "A: 72",
        "no_answer",
        "missing",
    ),
    "empty boxed": ("boxed", "", "no_answer", "empty"),
    "empty gsm8k": ("gsm8k", " \n", "no_answer", "empty"),
    "empty pebr": ("pebr", "", "no_answer", "missing*4"),
}


def _kinds(text: str) -> list[str]:
    kinds: list[str] = []
    for word in text.split():
        kind, _, count = word.partition("*")
        kinds += [kind] * int(count or 1)
    return sorted(kinds)


@pytest.mark.parametrize("row", ROWS)
def test_reply(row: str) -> None:
    name, reply, answer, kinds = ROWS[row]
    parsed = load_template(name).parse(reply)
    assert (parsed.answer.text or parsed.answer.status) == answer
    assert sorted(fault.kind for fault in parsed.faults) == _kinds(kinds)


# template, reply cut at the limit, the answer or its status
CUT: dict[str, tuple[str, str, str]] = {
    "tags: complete": ("think-answer", "<think>x</think><answer>7</answer>", "7"),
    "tags: open": ("think-answer", "<think>x</think><answer>7", "no_answer"),
    "heading: open line": ("pebr", PEBR.rstrip("\n"), "no_answer"),
    "heading: line ended": ("pebr", PEBR, "70"),
    "box: balanced": ("boxed", r"So \boxed{7} and then", "7"),
    "box: open": ("boxed", r"So \boxed{7", "unreadable_answer"),
    "stated: open line": ("gsm8k", "A: 7", "no_answer"),
    "stated: line ended": ("gsm8k", "A: 7\n", "7"),
    "stated: full stop may be a decimal point": ("gsm8k", "The answer is 7.", "no_answer"),
    "stated: sentence ended": ("gsm8k", "The answer is 7. ", "7"),
}


@pytest.mark.parametrize("row", CUT)
def test_reply_cut_at_the_token_limit(row: str) -> None:
    name, reply, answer = CUT[row]
    parsed = load_template(name).parse(reply, truncated=True)
    assert (parsed.answer.text or parsed.answer.status) == answer
    assert "truncated" in {fault.kind for fault in parsed.faults}


@pytest.mark.parametrize("name", TEMPLATES)
def test_repeating_the_instruction_earns_nothing(name: str) -> None:
    template = load_template(name)
    instruction = template.instruction()
    # Also the layout alone, and with every laxness that could let it pass.
    layout = instruction.partition(":\n")[2] or instruction
    loose = load_template({"base": name, "text_outside": True, "nested": True, "repeated": True})
    for reply in (instruction, layout, instruction + "\n" + instruction, f"{instruction}\n\n"):
        for candidate in (template, loose):
            parsed = candidate.parse(reply)
            assert not parsed.well_formed
            assert not parsed.answer.found


def test_examples_in_a_prompt_of_ones_own() -> None:
    # prompt's answer section, the same as a reply: is it well-formed?
    rows = {"yes": True, "B": True, "42": True, "...": False, "…": False, "your answer here": False}
    for text, well_formed in rows.items():
        layout = f"<think>reasoning process here</think><answer>{text}</answer>"
        template = load_template({"base": "think-answer", "prompt": f"Reply so: {layout}"})
        assert not template.parse(layout).well_formed
        parsed = template.parse(f"<think>my own</think><answer>{text}</answer>")
        assert parsed.well_formed is parsed.answer.found is well_formed, text


def test_instruction_asks_for_what_is_read() -> None:
    text = load_template("llava-cot").instruction()
    for word in ("summary", "caption", "reasoning", "conclusion"):
        assert word in text.lower()
    assert r"\boxed{}" in load_template("boxed").instruction()
    assert "####" in load_template("gsm8k").instruction()
    for name in ("think-answer", "llava-cot", "pebr"):
        template = load_template(name)
        assert all(rule.opening in template.instruction() for rule in template.sections)


def test_ignored_case_covers_announcements() -> None:
    template = load_template({"base": "gsm8k", "ignore_case": True})
    for reply in ("a: 72", "THE ANSWER IS 72", "\u0130\u0130\nthe Answer is #### 72."):
        found = template.parse(reply).answer
        assert found.text == "72" == reply[found.start : found.end]
