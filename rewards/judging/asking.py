"""Asking many questions: each once, some at a time, none of a server that is gone."""

import asyncio
from collections.abc import Callable, Sequence

from rewardkit.rewards.judging.answer_cache import AnswerCache, request_key
from rewardkit.rewards.judging.answers import Judgement, Unclear
from rewardkit.rewards.judging.client import Endpoint, open_client
from rewardkit.rewards.judging.endpoint import Failed, ask
from rewardkit.rewards.judging.own_thread import run_in_own_thread

Read = Callable[[str], Judgement | Unclear]


def ask_all(
    requests: Sequence[bytes],
    endpoint: Endpoint,
    read: Read,
    cache_path: str | None,
    concurrency: int,
    give_up_after: int,
) -> dict[bytes, Judgement | Unclear]:
    """Judgements on requests, from the cache or the endpoint; it waits until all are there.

    Args:
        requests: Bodies; equal ones are asked once.
        endpoint: Where and how to ask.
        read: Reads what the judge wrote.
        cache_path: Where clear answers are kept; None for nowhere.
        concurrency: Questions that are open at a time.
        give_up_after: So many questions in a row without any answer of the endpoint, and the rest
            are not asked.

    Returns:
        The judgement on each distinct request, or why there is none.

    Raises:
        ConfigError: When the cache can't be opened.
    """
    distinct = list(dict.fromkeys(requests))
    if not distinct:
        return {}

    async def work() -> dict[bytes, Judgement | Unclear]:
        with AnswerCache(cache_path) as cache:
            found = _from_cache(cache, distinct, read)
            missing = [request for request in distinct if request not in found]
            batch = _Batch(endpoint, read, cache, concurrency, give_up_after)
            return found | await batch.run(missing)

    return run_in_own_thread(work)


def _from_cache(
    cache: AnswerCache, requests: Sequence[bytes], read: Read
) -> dict[bytes, Judgement | Unclear]:
    """What is kept and still reads as a clear answer; anything else is asked anew."""
    keys = {request_key(request): request for request in requests}
    answers = {keys[key]: read(text) for key, text in cache.get_many(list(keys)).items()}
    return {key: answer for key, answer in answers.items() if isinstance(answer, Judgement)}


class _Batch:
    """The questions of one call, and what is known of the endpoint meanwhile."""

    def __init__(
        self,
        endpoint: Endpoint,
        read: Read,
        cache: AnswerCache,
        concurrency: int,
        give_up_after: int,
    ) -> None:
        self._endpoint, self._read, self._cache = endpoint, read, cache
        self._concurrency, self._give_up_after = concurrency, give_up_after
        self._failures = 0
        self._given_up = ""

    async def run(self, requests: Sequence[bytes]) -> dict[bytes, Judgement | Unclear]:
        """Ask them all, a few at a time, in their order."""
        answers: dict[bytes, Judgement | Unclear] = {}
        if not requests:
            return answers
        waiting = iter(requests)
        async with open_client(self._endpoint, self._concurrency) as client:

            async def work() -> None:
                for request in waiting:
                    if self._given_up:
                        answers[request] = Unclear(f"not asked: {self._given_up}")
                        continue
                    said = await ask(client, self._endpoint, request)
                    answers[request] = self._judgement(request, said)

            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, len(requests))):
                    group.create_task(work())
        return answers

    def _judgement(self, request: bytes, said: str | Unclear | Failed) -> Judgement | Unclear:
        if isinstance(said, Failed):
            self._failures += 1
            if said.for_all or self._failures >= self._give_up_after:
                in_a_row = f"{self._failures} questions in a row failed, the last: "
                self._given_up = (
                    self._given_up or f"{'' if said.for_all else in_a_row}{said.reason}"
                )
            return Unclear(said.reason)
        self._failures = 0
        if isinstance(said, Unclear):
            return said
        answer = self._read(said)
        if isinstance(answer, Judgement):
            self._cache.put(request_key(request), said)
        return answer
