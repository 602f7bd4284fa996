"""The judge against a real server that answers: what is asked, what is read, what is kept."""

import asyncio
import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from judge_server import Behave, Handler, JudgeServer, Request, completion, in_turn, say, send

from rewardkit.errors import ConfigError
from rewardkit.rewards.judge import Judge
from rewardkit.types import Message, Reference, Rollout, Score

CORRECT = '{"reasoning": "both are 3/4", "verdict": "correct"}'
KEY = "sk-very/secret+key=="
WRONG = '{"reasoning": "7 is not 8", "verdict": "wrong"}'


def judge_of(server: JudgeServer, **options: Any) -> Judge:  # noqa: ANN401 - of every type
    return Judge(**{"base_url": server.url, "model": "m", "backoff_s": 0.001, **options})


def row(reply: str = "0.75", reference: Reference = "3/4", **fields: str) -> Rollout:
    given: dict[str, Any] = {"prompt": "6/8?", **fields}
    return Rollout(completion=reply, reference=reference, **given)


def score_of(
    server: JudgeServer,
    rollout: Rollout | None = None,
    **options: Any,  # noqa: ANN401 - of every type
) -> Score:
    return judge_of(server, **options)([rollout or row()])[0]


def prefer(handler: Handler, request: Request, number: int) -> None:
    """A judge that prefers the answer with the word good, whichever it is."""
    prompt = request["messages"][0]["content"]
    first = prompt.partition("ANSWER A")[2].partition("END ANSWER A")[0]
    better = "A" if "good" in first else "B"
    handler.answer(json.dumps(completion(f'{{"better": "{better}"}}')).encode())


ANSWERS: dict[str, tuple[dict[str, Any], str, float | None]] = {
    "correct": ({}, CORRECT, 1.0),
    "wrong": ({}, WRONG, 0.0),
    "unclear": ({}, '{"reasoning": "?", "verdict": "unclear"}', None),
    "without reasoning": ({}, '{"verdict": "wrong"}', 0.0),
    "white space around": ({}, f"\n {CORRECT} \n", 1.0),
    "in a Markdown fence": ({}, f"```json\n{CORRECT}\n```", 1.0),
    "text before": ({}, f"Sure! {CORRECT}", None),
    "text after": ({}, f"{CORRECT} Done.", None),
    "two objects": ({}, f"{CORRECT}\n{WRONG}", None),
    "two fences": ({}, f"```json\n{CORRECT}\n```\n```json\n{WRONG}\n```", None),
    "thoughts before": ({}, f"<think>x</think>{CORRECT}", None),
    "a key twice": ({}, '{"verdict": "correct", "verdict": "wrong"}', None),
    "escaped key twice": ({}, '{"verdict": "wrong", "verd\\u0069ct": "correct"}', None),
    "another key": ({}, '{"verdict": "correct", "mark": 1}', None),
    "another word": ({}, '{"verdict": "right"}', None),
    "another case": ({}, '{"verdict": "Correct"}', None),
    "not an object": ({}, '"correct"', None),
    "a list": ({}, f"[{CORRECT}]", None),
    "a boolean": ({}, '{"verdict": true}', None),
    "deep": ({}, "[" * 100_000, None),
    "empty object": ({}, "{}", None),
    "single quotes": ({}, "{'verdict': 'correct'}", None),
    "mark": ({"mode": "rubric", "criteria": "c"}, '{"score": 7}', 0.7),
    "mark with a fraction": ({"mode": "rubric", "criteria": "c"}, '{"score": 7.5}', 0.75),
    "least mark": ({"mode": "rubric", "criteria": "c", "low": 1, "high": 5}, '{"score": 1}', 0.0),
    "great marks": (
        {"mode": "rubric", "criteria": "c", "high": 1_234_567},
        '{"score": 1234567}',
        1.0,
    ),
    "best mark": ({"mode": "rubric", "criteria": "c", "low": 1, "high": 5}, '{"score": 5}', 1.0),
    "mark too high": ({"mode": "rubric", "criteria": "c"}, '{"score": 11}', None),
    "mark too low": ({"mode": "rubric", "criteria": "c"}, '{"score": -1}', None),
    "mark as text": ({"mode": "rubric", "criteria": "c"}, '{"score": "7"}', None),
    "huge mark": ({"mode": "rubric", "criteria": "c"}, '{"score": 1e999}', None),
    "NaN": ({"mode": "rubric", "criteria": "c"}, '{"score": NaN}', None),
    "no mark": ({"mode": "rubric", "criteria": "c"}, '{"score": null}', None),
    "always the first": ({"mode": "pairwise"}, '{"better": "A"}', None),
    "always the second": ({"mode": "pairwise"}, '{"better": "B"}', None),
    "always a tie": ({"mode": "pairwise"}, '{"better": "tie"}', 0.5),
    "pairwise unclear": ({"mode": "pairwise"}, '{"better": "unclear"}', None),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_the_judge_writes(name: str, server: JudgeServer) -> None:
    options, content, value = ANSWERS[name]
    server.behave = say(content)

    got = score_of(server, **options)

    assert got.value == value
    assert got.reason and "\n" not in got.reason and len(got.reason) < 500


ENVELOPES: dict[str, tuple[bytes, str]] = {
    "cut off": (json.dumps(completion(CORRECT, "length")).encode(), "cut off at max_tokens"),
    "filtered": (json.dumps(completion(CORRECT, "content_filter")).encode(), "refused"),
    "refused": (json.dumps(completion(None, refusal="I can't")).encode(), "refused: I can't"),
    "content is null": (json.dumps(completion(None)).encode(), "empty"),
    "content is blank": (json.dumps(completion(" \n")).encode(), "empty"),
    "called a tool": (json.dumps(completion(None, "tool_calls")).encode(), "called a tool"),
    "tool beside the text": (
        json.dumps(completion(CORRECT, tool_calls=[{"id": "1"}])).encode(),
        "called a tool",
    ),
    "unfinished": (json.dumps(completion(CORRECT, None)).encode(), "finish_reason"),
    "aborted": (json.dumps(completion(CORRECT, "abort")).encode(), "finish_reason 'stop', got"),
    "no choices": (b'{"choices": []}', "expected one choice in the response, got 0"),
    "two choices": (
        json.dumps({"choices": completion(CORRECT)["choices"] * 2}).encode(),  # type: ignore[operator]  # a list
        "got 2",
    ),
    "no key": (b'{"object": "chat.completion"}', "no chat completion"),
    "content is a number": (
        b'{"choices": [{"message": {"content": 1}, "finish_reason": "stop"}]}',
        "no chat completion",
    ),
    "an error with status 200": (b'{"error": {"message": "busy"}}', "no chat completion"),
    "HTML": (b"<html><body>Welcome</body></html>", "no chat completion: <html>"),
    "half of the JSON": (json.dumps(completion(CORRECT)).encode()[:-20], "no chat completion"),
    "empty": (b"", "no chat completion: nothing"),
    "invalid UTF-8": (
        json.dumps(completion("X")).encode().replace(b'"X"', b'"\xff\xfe"'),
        "no chat completion",
    ),
    "half a surrogate pair": (
        json.dumps(completion("X")).encode().replace(b'"X"', b'"\\ud800"'),
        "not the JSON object|no chat completion",
    ),
    "deep": (b"[" * 200_000, "no chat completion"),
    "5 MB": (b" " * 5_000_000, "more than 4000000 bytes"),
    "compressed": (b"\x1f\x8b\x08\x00" + bytes(50), "no chat completion"),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_responses_that_hold_no_judgement(name: str, server: JudgeServer) -> None:
    body, reason = ENVELOPES[name]
    server.behave = send(body)

    got = score_of(server)

    assert got.value is None
    assert any(piece in got.reason for piece in reason.split("|"))
    assert len(server.requests) == 1, "not asked again: it would say the same"


@pytest.mark.parametrize("reference", [None, "", "  ", float("nan"), [], {}])
@pytest.mark.parametrize("mode", ["verify", "pairwise"])
def test_nothing_to_compare_with_is_not_judged(
    mode: str, reference: Reference, server: JudgeServer
) -> None:
    for reply in ("7", ""):
        assert score_of(server, row(reply, reference), mode=mode).value is None
    assert server.requests == []


@pytest.mark.parametrize("reply", ["", " \n\t", "x" * 101])
@pytest.mark.parametrize("mode", ["verify", "rubric", "pairwise"])
def test_what_the_policy_did_is_worth_nothing(mode: str, reply: str, server: JudgeServer) -> None:
    options = {"criteria": "c"} if mode == "rubric" else {}
    got = score_of(server, row(reply), mode=mode, max_characters=100, **options)
    assert got.value == 0.0
    assert server.requests == []


def test_a_question_or_reference_that_is_too_long_is_not_judged(server: JudgeServer) -> None:
    long = Rollout(completion="7", reference="7", prompt="x" * 101)
    for rollout in (row("7", "x" * 101), long):
        assert score_of(server, rollout, max_characters=100).value is None
    assert server.requests == []


def test_only_the_section_is_judged(server: JudgeServer) -> None:
    options = {"template": "think-answer", "section": "answer"}
    reply = "<think>SECRET</think><answer>0.75</answer>"
    assert score_of(server, row(reply), **options).value == 1.0
    assert "SECRET" not in server.prompts[0]
    assert score_of(server, row("0.75"), **options) == Score(0.0, "no section 'answer'")


def test_of_messages_the_reply_is_judged(server: JudgeServer) -> None:
    rollout = Rollout(
        completion=[Message("assistant", "0.75")], prompt=[Message("user", "6/8?")], reference=0.75
    )
    assert score_of(server, rollout).value == 1.0
    assert "\n6/8?\n" in server.prompts[0] and "\n0.75\n" in server.prompts[0]


def test_pairs_are_asked_in_both_orders(server: JudgeServer) -> None:
    server.behave = prefer
    rows = [row("good", "bad"), row("bad", "good"), row("same", " same")]

    scores = judge_of(server, mode="pairwise")(rows)

    assert [score.value for score in scores] == [1.0, 0.0, 0.5]
    assert len(server.requests) == 2, "the two rows ask the same two questions"


def test_orders_that_contradict_each_other_say_so(server: JudgeServer) -> None:
    server.behave = say('{"better": "A"}')
    assert "contradict" in score_of(server, mode="pairwise").reason


def test_equal_questions_are_asked_once(server: JudgeServer) -> None:
    rows = [row("0.75"), row("3/4"), row("0.75"), row("0.75", group="x", id="7")]
    assert [score.value for score in judge_of(server)(rows)] == [1.0] * 4
    assert len(server.requests) == 2


def test_answers_go_to_their_rows_in_any_order(server: JudgeServer) -> None:
    def slow_for_some(handler: Handler, request: Request, number: int) -> None:
        text = request["messages"][0]["content"]
        reply = int(text.partition("<<<REPLY")[2].partition("\n")[2].partition("\n")[0])
        threading.Event().wait(0.02 * (reply % 3))
        handler.answer(json.dumps(completion(f'{{"score": {reply}}}')).encode())

    server.behave = slow_for_some
    reward = judge_of(server, mode="rubric", criteria="c", high=100, concurrency=5)
    rows = [row(str(number)) for number in range(30)]

    scores = reward(rows)

    assert [score.value for score in scores] == [number / 100 for number in range(30)]
    assert reward(rows[::-1]) == scores[::-1]
    assert 1 < server.most_open <= 5


def test_several_threads_and_a_running_event_loop(server: JudgeServer) -> None:
    reward = judge_of(server)
    with ThreadPoolExecutor(4) as executor:
        results = list(executor.map(lambda n: reward([row(str(n % 3))]), range(12)))
    assert all(result[0].value == 1.0 for result in results)

    async def inside() -> list[Score]:
        return reward([row()])

    assert asyncio.run(inside())[0].value == 1.0


def test_the_main_threads_event_loop_is_left_alone(server: JudgeServer) -> None:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        assert score_of(server).value == 1.0
        assert asyncio.get_event_loop() is loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def test_options_of_the_request(server: JudgeServer) -> None:
    score_of(server, model="a/b", temperature=0.5, max_tokens=64, seed=3, structured=True)
    score_of(server, temperature=None, max_tokens=None)

    full, bare = server.requests
    assert server.paths == ["/v1/chat/completions"] * 2
    assert server.headers[0]["Accept-Encoding"] == "identity", "what is read is bounded as sent"
    assert (full["model"], full["temperature"], full["max_tokens"], full["seed"]) == (
        "a/b",
        0.5,
        64,
        3,
    )
    form = full["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["strict"] is True
    assert form["json_schema"]["schema"]["additionalProperties"] is False
    assert set(bare) == {"model", "messages"}
    score_of(server)
    assert server.requests[-1]["temperature"] == 0.0


def test_own_prompts(server: JudgeServer) -> None:
    prompt = 'Mark {reply} by {criteria}, as {"score": 1}; {question} {low} to {high}.'
    server.behave = say('{"score": 3}')
    reward = judge_of(server, mode="rubric", prompt=prompt, criteria="brevity", high=4)
    assert reward([row("{criteria} {low}")])[0].value == 0.75
    assert 'by brevity, as {"score": 1};' in server.prompts[0] and " 0 to 4." in server.prompts[0]
    assert "\n{criteria} {low}\n" in server.prompts[0], "a reply's braces are text"


def test_key_is_sent_and_nowhere_else(
    server: JudgeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "sk-very-secret"
    monkeypatch.setenv("JUDGE_KEY", key)
    path = tmp_path / "answers.sqlite"
    reward = judge_of(server, api_key_env="JUDGE_KEY", cache=str(path))
    server.behave = in_turn(
        say(CORRECT),
        send(json.dumps({"error": {"message": f"bad key {key}"}}).encode(), 401),
        send(f"<html>{key}".encode()),
    )

    scores = [reward([row(str(number))])[0] for number in range(3)]

    assert {headers["Authorization"] for headers in server.headers} == {f"Bearer {key}"}
    assert scores[0].value == 1.0 and "bad key [key]" in scores[1].reason
    assert all(key not in f"{score}{reward!r}" for score in scores)
    assert key.encode() not in path.read_bytes() and key.encode() not in pickle.dumps(reward)
    assert key not in json.dumps(server.requests)
    score_of(server)
    assert "Authorization" not in server.headers[-1]


ECHOES: dict[str, Behave] = {
    "in the judgement": say(json.dumps({"reasoning": f"I got {KEY}", "verdict": "correct"})),
    "in what is no judgement": say(f"I got {KEY}"),
    "where a reason ends": send(json.dumps({"message": "x" * 110 + KEY}).encode(), 400),
    "where what is shown of a body ends": send(f"{'x' * 70}{KEY}".encode()),
    "with escaped slashes": send(KEY.replace("/", "\\/").encode()),
    "escaped in a message": send(json.dumps({"message": KEY}).replace("/", "\\/").encode(), 500),
}


@pytest.mark.parametrize("name", ECHOES)
def test_a_server_that_repeats_the_key_leaks_no_part_of_it(
    name: str, server: JudgeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    path = tmp_path / "answers.sqlite"
    server.behave = ECHOES[name]

    got = score_of(server, api_key_env="JUDGE_KEY", cache=str(path), retries=0)

    assert got.value == (1.0 if name == "in the judgement" else None)
    assert "sk-very" not in got.reason and "[key]" in got.reason + "[key]" * (len(got.reason) > 80)
    assert b"sk-very" not in path.read_bytes()


@pytest.mark.parametrize("key", ["0", "EMPTY", "verdict"])
def test_a_short_key_is_no_secret_and_changes_no_answer(
    key: str, server: JudgeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", key)
    server.behave = say('{"reasoning": "EMPTY 0", "verdict": "correct"}')
    assert score_of(server, api_key_env="JUDGE_KEY") == Score(1.0, "correct: EMPTY 0")


PROXIES = {"socks5://127.0.0.1:9": "socks", "ftp://127.0.0.1:9": "ftp"}


@pytest.mark.parametrize("proxy", PROXIES)
def test_a_proxy_that_cannot_be_used_is_the_callers_fault(
    proxy: str, server: JudgeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    for act in (judge_of(server).check, lambda: judge_of(server)([row()])):
        with pytest.raises(ConfigError, match=r"judge: could not make an HTTP client"):
            act()
    assert server.requests == []


def test_a_missing_file_of_certificates_is_the_callers_fault(
    server: JudgeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    with pytest.raises(ConfigError, match=r"judge: could not make an HTTP client"):
        judge_of(server).check()


@pytest.mark.parametrize("key", ["", " ", "a b", "a\nb", "käse"])
def test_a_key_that_is_none_is_refused_without_showing_it(
    key: str, server: JudgeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", key)
    reward = judge_of(server, api_key_env="JUDGE_KEY")
    for act in (reward.check, lambda: reward([row()])):
        with pytest.raises(ConfigError, match=r"judge\.api_key_env: expected") as caught:
            act()
        assert not key.strip() or key not in str(caught.value)


def test_missing_extra_is_named(server: JudgeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"judge: .*httpx.*pip install 'rewardkit\[judge\]'"):
        judge_of(server).check()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no scheme": ({"base_url": "localhost:8000"}, "judge.base_url: expected http"),
    "another scheme": ({"base_url": "file:///etc/passwd"}, "judge.base_url: expected http"),
    "no host": ({"base_url": "http://"}, "judge.base_url: expected http"),
    "bad port": ({"base_url": "http://h:99999/v1"}, "judge.base_url: expected http"),
    "white space": ({"base_url": "http://h/v 1"}, "judge.base_url: expected http"),
    "not ASCII": ({"base_url": "http://h\u00e4/v1"}, "judge.base_url: expected http"),
    "key in the URL": ({"base_url": "http://u:hidden@h/v1"}, "judge.base_url: expected"),
    "key in the query": ({"base_url": "http://h/v1?key=hidden"}, "judge.base_url: expected"),
    "key in the URL, bad port": ({"base_url": "http://u:hidden@h:99999/v1"}, "judge.base_url"),
    "key in the URL, bad host": ({"base_url": "http://[u:hidden@h/v1"}, "judge.base_url"),
    "key in the URL, no scheme": ({"base_url": "u:hidden@h/v1"}, "judge.base_url: expected"),
    "no host name": ({"base_url": "http://a..b/v1"}, "judge.base_url: expected http"),
    "long URL": ({"base_url": f"http://h/{'a' * 70_000}"}, "judge.base_url: expected http"),
    "no model": ({"model": " "}, "judge.model: expected"),
    "half a surrogate pair": ({"model": "m\ud800"}, "judge.model: expected"),
    "mode": ({"mode": "verfy"}, "judge.mode: expected one of verify, rubric, pairwise"),
    "a key for its name": ({"api_key_env": "sk-hidden"}, "judge.api_key_env: expected the name"),
    "temperature": ({"temperature": 3.0}, "judge.temperature: expected 0 to 2, got 3.0"),
    "NaN": ({"timeout_s": float("nan")}, "judge.timeout_s: expected a finite number"),
    "no time": ({"deadline_s": 0.0}, "judge.deadline_s: expected 0.001 to"),
    "concurrency": ({"concurrency": 0}, "judge.concurrency: expected 1 to 256, got 0"),
    "retries": ({"retries": -1}, "judge.retries: expected 0 to 20, got -1"),
    "type": ({"retries": 1.5}, "judge.retries: expected a whole number"),
    "no criteria": ({"mode": "rubric"}, "judge.criteria: expected what to mark by"),
    "range": ({"mode": "rubric", "criteria": "c", "low": 5, "high": 5}, "judge.high: expected"),
    "endless range": (
        {"mode": "rubric", "criteria": "c", "low": -1.5e308, "high": 1.5e308},
        "judge.low: expected -1e+09 to 1e+09",
    ),
    "range of no use": ({"high": 5.0}, "judge.low: expected no range"),
    "prompt without a reply": ({"prompt": "{reference}"}, "judge.prompt: expected the placeholder"),
    "misspelt": (
        {"prompt": "{reply} {reference} {questoin}"},
        "judge.prompt: expected placeholder",
    ),
    "criteria of no use": (
        {"prompt": "{reply} {reference}", "criteria": "c"},
        "judge.criteria: expected {criteria}",
    ),
    "section alone": ({"section": "answer"}, "judge.template: expected"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_options_out_of_range_are_refused(name: str) -> None:
    options, message = REFUSED[name]
    with pytest.raises(ConfigError) as caught:
        Judge(**{"base_url": "http://h/v1", "model": "m", **options})
    assert str(caught.value).startswith(message)
    assert "hidden" not in str(caught.value) and len(str(caught.value)) < 500


def test_survives_pickle() -> None:
    reward = Judge(base_url="http://h/v1", model="m", mode="rubric", criteria="c", seed=1)
    assert pickle.loads(pickle.dumps(reward)) == reward == eval(repr(reward))
