"""The templates that come with rewardkit."""

from rewardkit.templates.rules import SectionRule
from rewardkit.templates.template import Template

_THINK = SectionRule("think", "your reasoning, step by step")

THINK_ANSWER = Template(
    name="think-answer",
    sections=(_THINK, SectionRule("answer", "only the final answer")),
)
"""Reasoning in `<think>`, then the answer in `<answer>`.

Source: DeepSeek-R1, https://arxiv.org/abs/2501.12948.
"""

LLAVA_COT = Template(
    name="llava-cot",
    sections=(
        SectionRule("SUMMARY", "a summary of the question and of how you will go about it"),
        SectionRule("CAPTION", "a caption of what the image shows that bears on the question"),
        SectionRule("REASONING", "your reasoning from the caption to the answer, step by step"),
        SectionRule("CONCLUSION", "the conclusion: only the final answer"),
    ),
    answer="CONCLUSION",
)
"""Summary, caption, reasoning, conclusion. Its instruction is direct chain-of-thought prompting.

Source: LLaVA-CoT, https://arxiv.org/abs/2411.10440, PKU-YuanGroup/LLaVA-CoT.
"""

PEBR = Template(
    name="pebr",
    sections=(
        SectionRule(
            "description",
            "what the image shows that bears on the question",
            heading="### Image Description:",
        ),
        SectionRule("rationales", "why the answer follows from it", heading="### Rationales:"),
        SectionRule(
            "thinking",
            "then the steps, numbered",
            heading="### Let's think step by step.",
            optional=True,
            may_be_empty=True,
        ),
        SectionRule("steps", "the first of the numbered steps", heading="### Step 1:"),
        SectionRule("answer", "only the result", heading="### The final answer is:", one_line=True),
    ),
)
"""Description, rationales, numbered steps, and the answer behind its heading.

Source: PeBR-R1, https://arxiv.org/abs/2509.13031, cythu/PeBR-R1. The released patterns take any
case, any place and any order; here a heading is exact, begins its line, and the order counts.
"""

_THOUGHTS = SectionRule("think", "your reasoning", optional=True, may_be_empty=True)

BOXED = Template(
    name="boxed",
    sections=(_THOUGHTS, SectionRule("answer", rest=True)),
    answer_form="boxed",
    prompt="Reason step by step, and put your final answer within \\boxed{}.",
)
"""Free text whose last complete box holds the answer; a `<think>` section before it holds none."""

GSM8K = Template(
    name="gsm8k",
    sections=(_THOUGHTS, SectionRule("answer", rest=True)),
    answer_form="stated",
    announced=(
        *("####", "A:", "Answer:", "Final answer:", "Final Answer:"),
        *("The answer is", "The final answer is"),
    ),
    prompt=(
        'Solve the problem step by step. End with a line that begins with "####", followed by the '
        "final number and nothing else."
    ),
)
"""Free text that ends by announcing its answer: `#### 72`, `A: 72`, `The answer is 72`.

Source: https://arxiv.org/abs/2110.14168, openai/grade-school-math.
"""

TEMPLATES: dict[str, Template] = {
    template.name: template for template in (THINK_ANSWER, LLAVA_COT, PEBR, BOXED, GSM8K)
}
"""The shipped templates by name."""
