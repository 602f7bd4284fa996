"""Judge: a generative model behind an OpenAI-compatible endpoint says what a reply is worth."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from rewardkit.rewards.judging.answers import Judgement, Mode, Unclear, answer_schema, read_answer
from rewardkit.rewards.judging.chat import ChatRequest, Message
from rewardkit.rewards.judging.judge_options import (
    OPERATIONAL,
    check_options,
    check_ready,
    read_key,
)
from rewardkit.rewards.judging.prompts import PROMPTS, placeholders, reference_text, render_prompt
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.sections import measured_text
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score


class Judge(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="judge",
    forbid_unknown_fields=True,
):
    """What a generative model says a reply is worth; None wherever it doesn't say so clearly.

    Args:
        base_url: Of the server's OpenAI-compatible API, such as `http://localhost:8000/v1`.
        model: The model's name there.
        mode: `verify`: is the reply's answer the same as the reference. `rubric`: a mark by
            `criteria`. `pairwise`: is the reply better than the reference, asked in both orders,
            which must agree.
        criteria: What to mark by; required for `rubric`, further advice for the others.
        prompt: Your own, with `{question}`, `{reply}`, `{reference}`, `{criteria}`, `{low}`,
            `{high}`; of `pairwise` `{first}` and `{second}` in place of reply and reference.
        template: With `section`: judge only that section of the reply.
        section: The section's name in the template.
        low: `rubric` only: the worst mark.
        high: `rubric` only: the best mark.
        structured: Send the answer's JSON schema as `response_format`.
        temperature: Of sampling, 0 to 2; None leaves it to the server.
        max_tokens: Of the judge's answer; None leaves it to the server.
        seed: Of sampling; None sends none.
        max_characters: Of a reply, and of each other text; a longer reply is worth 0.
        api_key_env: The name of the environment variable that holds the key; None sends no key.
        concurrency: Questions that are open at a time, 1 to 256.
        timeout_s: For one attempt, in seconds.
        deadline_s: For all attempts at one question and the pauses between, in seconds.
        retries: Attempts after the first, 0 to 20.
        backoff_s: The first pause, in seconds; each later one is twice as long, at most 30 s.
        give_up_after: Questions in a row that the endpoint doesn't answer, and the rest of the
            batch is not asked.
        cache: SQLite file for clear answers, shared by runs and processes; None keeps none.

    Returns:
        `verify` 1 or 0; `rubric` (mark - low) / (high - low), in [0, 1]; `pairwise` 1, 0 or 0.5
        for a tie. 0 for an empty reply. None where there is no reference to compare with, and
        where the endpoint's answer is missing, cut off, refused, malformed, unclear or
        contradicts itself.

    Raises:
        ConfigError: When an option is out of its range, the key or an extra is missing.

    >>> judge = Judge(base_url="http://localhost:8000/v1", model="qwen")
    >>> judge([Rollout(completion=" ", reference="7")])[0]
    Score(value=0.0, reason='empty reply', parts={})
    """

    uses_models: ClassVar[bool] = True
    operational: ClassVar[frozenset[str]] = OPERATIONAL
    """Left out of the fingerprint, as of the cache's keys: the model's name stands for it."""

    base_url: str
    model: str
    mode: Mode = "verify"
    criteria: str = ""
    prompt: str | None = None
    template: str | Template | None = None
    section: str | None = None
    low: float = 0.0
    high: float = 10.0
    structured: bool = False
    temperature: float | None = 0.0
    max_tokens: int | None = 1024
    seed: int | None = None
    max_characters: int = 20_000
    api_key_env: str | None = None
    concurrency: int = 8
    timeout_s: float = 60.0
    deadline_s: float = 300.0
    retries: int = 4
    backoff_s: float = 0.5
    give_up_after: int = 8
    cache: str | None = None

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        check_options(self)

    def check(self) -> None:
        """Refuse a missing extra, key or cache before any work.

        Raises:
            ConfigError: Naming what is missing.
        """
        check_ready(self)

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Judge each rollout; equal questions are asked once."""
        plans = [self._plan(rollout) for rollout in rollouts]
        requests = [body for plan in plans if not isinstance(plan, Score) for body in plan]
        answers = self._answers(requests) if requests else {}
        return [
            plan if isinstance(plan, Score) else self._score([answers[body] for body in plan])
            for plan in plans
        ]

    def _plan(self, rollout: Rollout) -> Score | list[bytes]:
        """The requests for a row, or its score where there is nothing to ask."""
        question, reference = rollout.prompt_text, None
        if placeholders(self._prompt) & {"reference", "first"}:
            reference = reference_text(rollout.reference)
            if reference is None:
                return Score(None, "reference missing: expected something to compare with")
        if max(len(question), len(reference or "")) > self.max_characters:
            return Score(
                None, f"question or reference longer than {self.max_characters} characters"
            )
        text = measured_text(rollout, self.template, self.section)
        if text is None:
            return Score(0.0, f"no section {self.section!r}")
        if not text.strip():
            return Score(0.0, "empty reply")
        if len(text) > self.max_characters:
            return Score(0.0, f"reply of {len(text)} characters, at most {self.max_characters}")
        contents = {"question": question or "(none)", "reply": text, "reference": reference or ""}
        if self.mode != "pairwise":
            return [self._request(contents)]
        if text.strip() == reference:
            return Score(0.5, "tie: the reply is the reference")
        orders = [(text, reference or ""), (reference or "", text)]
        return [
            self._request({**contents, "first": first, "second": second})
            for first, second in orders
        ]

    @property
    def _prompt(self) -> str:
        return PROMPTS[self.mode] if self.prompt is None else self.prompt

    def _request(self, contents: dict[str, str]) -> bytes:
        text = render_prompt(self._prompt, self.mode, contents, self.criteria, self.low, self.high)
        schema = {
            "name": "judgement",
            "strict": True,
            "schema": answer_schema(self.mode, self.low, self.high),
        }
        return ChatRequest(
            model=self.model,
            messages=[Message("user", text)],
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            seed=self.seed,
            response_format={"type": "json_schema", "json_schema": schema}
            if self.structured
            else None,
        ).encode()

    def _answers(self, requests: Sequence[bytes]) -> dict[bytes, Judgement | Unclear]:
        self.check()
        # httpx and tenacity are imported here: the core does without.
        from rewardkit.rewards.judging.asking import ask_all
        from rewardkit.rewards.judging.client import Endpoint

        endpoint = Endpoint(
            url=f"{self.base_url.rstrip('/')}/chat/completions",
            key=read_key(self.api_key_env),
            timeout_s=self.timeout_s,
            deadline_s=self.deadline_s,
            retries=self.retries,
            backoff_s=self.backoff_s,
        )
        return ask_all(
            requests,
            endpoint,
            lambda content: read_answer(content, self.mode, self.low, self.high),
            self.cache,
            self.concurrency,
            self.give_up_after,
        )

    def _score(self, answers: Sequence[Judgement | Unclear]) -> Score:
        for answer in answers:
            if isinstance(answer, Unclear):
                return Score(None, answer.reason)
        judged = [answer for answer in answers if isinstance(answer, Judgement)]
        if self.mode == "rubric":
            share = (judged[0].value - self.low) / (self.high - self.low)
            return Score(share, judged[0].reason)
        if self.mode == "verify":
            return Score(judged[0].value, judged[0].reason)
        first, second = judged
        if first.value != 1.0 - second.value:
            return Score(
                None,
                "the two orders contradict each other: with the reply as A the judge says "
                f"{first.reason}; with the reply as B {second.reason}",
            )
        word = {1.0: "reply", 0.0: "reference", 0.5: "neither"}[first.value]
        return Score(first.value, f"better: {word}, in both orders; {first.reason}")
