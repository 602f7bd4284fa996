"""Rollouts from end to end: what is in the file, what is set apart, how a run goes on."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rollout_requests import HOW, Ask

from rewardkit.decoding import decode_rollout
from rewardkit.engine.file_sink import FileSink
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.generation import rollout_model, rollout_prepare
from rewardkit.generation.options import Model
from rewardkit.generation.rollout_plan import Request
from rewardkit.generation.rollout_prepare import prepare
from rewardkit.generation.rollout_run import open_sink, run_rollout
from rewardkit.generation.rollouts import write_replies
from rewardkit.generation.shards import merge_shards, remove_shards, shard_path
from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.source import ReadImage
from rewardkit.scoring import score
from rewardkit.templates import load_template
from rewardkit.types import Rollout


def silent(done: int, total: int) -> None:
    """No progress."""


def lines_of(path: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def questions(seeing: Path) -> list[dict[str, Any]]:
    return lines_of(seeing / "demonstrations.jsonl")


def write(path: Path, *rows: dict[str, Any]) -> list[str]:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return [str(path)]


def test_rows_keep_their_question_in_its_order(ask: Ask, seeing: Path) -> None:
    report = run_rollout(ask(), silent)
    rows = lines_of(ask().output)
    asked = questions(seeing)
    assert [row["id"] for row in rows] == [f"{one['id']}:{k}" for one in asked for k in range(2)]
    assert [row["group"] for row in rows] == [one["id"] for one in asked for _ in range(2)]
    for row, one in zip(rows[::2], asked, strict=True):
        assert all(row[name] == one[name] for name in ("prompt", "reference", "keywords", "scans"))
        assert row["images"] == [str(seeing / one["images"][0])]
    assert report.figures.rollouts == 10 and report.questions == 5
    assert report.figures.tokens == sum(row["completion_tokens"] for row in rows)
    assert report.figures.truncated == sum(row["truncated"] for row in rows)


def test_rows_go_straight_into_score(ask: Ask) -> None:
    run_rollout(ask(), silent)
    read = [decode_rollout(line, {}, "1") for line in Path(ask().output).read_bytes().splitlines()]
    rollouts = [row for row in read if isinstance(row, Rollout)]
    assert len(rollouts) == 10
    assert all(one.judged for one in score(rollouts, "r1"))


def test_images_beside_the_output_are_named_from_there(ask: Ask, seeing: Path) -> None:
    request = ask(output=str(seeing / "beside.jsonl"), limit=1)
    run_rollout(request, silent)
    assert lines_of(request.output)[0]["images"] == questions(seeing)[0]["images"]


def parquet(seeing: Path, folder: Path) -> list[Any]:
    """The questions as a data set whose images are bytes."""
    from datasets import Dataset

    from rewardkit.generation.datasets_source import DatasetPath

    rows = questions(seeing)
    for row in rows:
        data = [(seeing / name).read_bytes() for name in row["images"]]
        row["images"] = [{"bytes": one, "path": None} for one in data]
    folder.mkdir()
    Dataset.from_list(rows).to_parquet(folder / "train.parquet")
    return [DatasetPath(dataset=str(folder), split="train")]


def test_images_of_a_data_set_become_files_once(ask: Ask, seeing: Path, tmp_path: Path) -> None:
    request = ask(data=parquet(seeing, tmp_path / "set"))
    run_rollout(request, silent)
    rows = lines_of(request.output)
    asked = questions(seeing)
    assert [row["group"] for row in rows[::2]] == [one["id"] for one in asked]
    for row, one in zip(rows[::2], asked, strict=True):
        kept = read_image(str(tmp_path / row["images"][0]))
        given = read_image(str(seeing / one["images"][0]))
        assert isinstance(kept, ReadImage) and isinstance(given, ReadImage)
        assert kept.key == given.key
    different = {row["images"][0] for row in rows}
    assert len(list(Path(f"{request.output}.images").iterdir())) == len(different)
    run_rollout(ask(), silent)
    assert [row["completion"] for row in lines_of(ask().output)] == [r["completion"] for r in rows]


def test_template_ends_the_prompt_and_is_not_written(ask: Ask) -> None:
    plain, asked = ask(), ask(template=load_template("think-answer"))
    assert (plain.instruction, asked.instruction != "") == ("", True)
    run_rollout(plain, silent)
    without = lines_of(plain.output)
    run_rollout(asked, silent)
    rows = lines_of(asked.output)
    assert [row["prompt"] for row in rows] == [row["prompt"] for row in without]
    assert [row["completion"] for row in rows] != [row["completion"] for row in without]


def stop_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> None:
    """Make the policy fail after some batches."""
    real: Callable[..., Any] = rollout_model.load_weights

    class Stopping:
        def __init__(self, *given: Any) -> None:  # noqa: ANN401 - what the real one takes
            self.policy, self.left = real(*given), batches

        def reply(self, *given: Any) -> Any:  # noqa: ANN401 - what the real one takes and gives
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return self.policy.reply(*given)

    monkeypatch.setattr(rollout_prepare, "load_weights", Stopping)


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_resumed_run_has_the_same_bytes(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, batches: int
) -> None:
    whole = ask(output=str(tmp_path / "whole.jsonl"))
    run_rollout(whole, silent)
    with monkeypatch.context() as patched:
        stop_after(patched, batches)
        with pytest.raises(KeyboardInterrupt):
            run_rollout(ask(), silent)
    assert not Path(ask().output).exists()
    with pytest.raises(ConfigError, match="expected no unfinished run, got one; add --resume"):
        run_rollout(ask(), silent)
    with Path(f"{ask().output}.partial/output").open("ab") as torn:
        torn.write(b'{"id": "to')
    report = run_rollout(ask(resume=True), silent)
    assert report.resumed_at == 4 * batches
    for suffix in ("", ".meta.json"):
        assert Path(ask().output + suffix).read_bytes() == Path(whole.output + suffix).read_bytes()
    assert run_rollout(ask(resume=True), silent).resumed_at == 10  # complete: nothing is done
    assert sorted(path.name for path in tmp_path.glob("out*")) == [
        "out.jsonl",
        "out.jsonl.meta.json",
    ]


CHANGES: dict[str, dict[str, Any]] = {
    "generation": {"how": msgspec.structs.replace(HOW, temperature=0.5)},
    "seed": {"seed": 1},
    "template": {"template": load_template("boxed")},
    "dtype": {"model": None},
    "questions": {"limit": 4},
    "digest": {"places": {"prompt": ("split",)}},
}


@pytest.mark.parametrize("name", CHANGES)
def test_another_run_does_not_go_on(
    ask: Ask, seeing: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    stop_after(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        run_rollout(ask(), silent)
    change = dict(CHANGES[name])
    if name == "dtype":
        change["model"] = Model(path=str(seeing / "m"), dtype="bfloat16")
    with pytest.raises(ConfigError, match=f": {name}: expected that of the unfinished run"):
        run_rollout(ask(**change, resume=True), silent)


def test_other_weights_are_another_run(ask: Ask, seeing: Path, tmp_path: Path) -> None:
    request = ask(model=Model(path=str(tmp_path / "m")))
    shutil.copytree(seeing / "m", tmp_path / "m")
    first = prepare(request, silent).plan
    weights = tmp_path / "m" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    second = prepare(request, silent).plan
    assert {name for name in first if first[name] != second[name]} == {"weights"}


def test_shares_put_together_are_what_one_process_writes(ask: Ask, tmp_path: Path) -> None:
    bad = {"id": "bad", "prompt": "?", "images": ["gone.png"]}
    data = [*ask().data, *write(tmp_path / "more.jsonl", bad)]
    alone = ask(data=data, output=str(tmp_path / "alone.jsonl"))
    run_rollout(alone, silent)
    run = prepare(ask(data=data), silent)
    output = Path(run.request.output)
    for rank in range(3):
        sink = FileSink(shard_path(output, rank, 3), b"{}", resume=False, restart=False)
        write_replies(sink, run.work, run.load, silent, (rank, 3))
        sink.finish(b"{}")
        sink.close()
    merge_shards(output, 3, {row.id: i for i, row in enumerate(run.work.rows)}, "", run.plan)
    remove_shards(output, 3)
    for suffix in ("", ".meta.json", ".rejected.jsonl"):
        assert Path(f"{output}{suffix}").read_bytes() == Path(alone.output + suffix).read_bytes()
    assert len(list(tmp_path.glob("out.jsonl*"))) == 3


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "empty": ({"prompt": " "}, "'prompt': expected a question, got an empty text"),
    "no user": (
        {"prompt": [{"role": "system", "content": "x"}]},
        r"'prompt': expected a message of role user, got roles \['system'\]",
    ),
    "unreadable": ({"images": ["gone.png"]}, "'images': image .*gone.png: expected a file"),
    "hostile": ({"images": ["data:image/png;base64,AAAA"]}, "'images': image data:image/png"),
    "mark": ({"prompt": "<|image_pad|> 1 ?"}, r"got '<\|image_pad\|>'"),
    "places": (
        {
            "prompt": [
                {"role": "user", "content": [{"type": "image"}]},
                {"role": "user", "content": "?"},
            ]
        },
        "expected an image in `images` for each of its 1 places, got 0 images",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_question_is_set_apart(ask: Ask, tmp_path: Path, name: str) -> None:
    fields, message = BAD[name]
    data = [*write(tmp_path / "bad.jsonl", {"id": "bad", "prompt": "?", **fields}), *ask().data]
    report = run_rollout(ask(data=data), silent)
    assert (report.rejected, report.figures.rollouts) == (1, 10)
    (line,) = lines_of(f"{ask().output}.rejected.jsonl")
    assert line["id"] == "bad"
    with pytest.raises(RolloutError, match=message):
        run_rollout(ask(data=data, strict=True), silent)
    with pytest.raises(RolloutError, match=f"got none; first: question 'bad': .*{message}"):
        run_rollout(ask(data=data[:1], output=str(tmp_path / "none.jsonl")), silent)
    assert not list(tmp_path.glob("none.jsonl*"))


def test_questions_with_and_without_images_stand_in_one_file(ask: Ask, tmp_path: Path) -> None:
    plain = [{"id": f"t{i}", "prompt": "how many ?"} for i in range(3)]
    (mixed,) = write(tmp_path / "plain.jsonl", *plain)
    request = ask(data=[mixed, *ask().data])
    assert run_rollout(request, silent).figures.rollouts == 16
    assert lines_of(request.output)[0]["group"] == "t0"


def test_images_need_a_model_that_takes_them(ask: Ask, reading: Path) -> None:
    request = ask(model=Model(path=str(reading / "m")))
    with pytest.raises(ConfigError, match="--model: expected a model that takes images, as"):
        run_rollout(request, silent)


@pytest.mark.parametrize(
    ("lacking", "message"),
    [
        ("config.json", "--model: expected a folder or a hub id, got"),
        ("chat_template.jinja", "--model: expected a chat template"),
        ("model.safetensors", "--model: expected weights"),
    ],
)
def test_broken_model_is_named(
    ask: Ask, reading: Path, tmp_path: Path, lacking: str, message: str
) -> None:
    shutil.copytree(reading / "m", tmp_path / "m")
    (tmp_path / "m" / lacking).unlink()
    data = [str(reading / "demonstrations.jsonl")]
    with pytest.raises(ConfigError, match=message):
        run_rollout(ask(data=data, model=Model(path=str(tmp_path / "m"))), silent)
    assert not list(tmp_path.glob("out*"))


def test_text_model_replies(ask: Ask, reading: Path) -> None:
    data = [str(reading / "demonstrations.jsonl")]
    request = ask(model=Model(path=str(reading / "m")), data=data)
    assert run_rollout(request, silent).figures.rollouts == 10
    assert "images" not in lines_of(request.output)[0]


def test_bfloat16_weights_reply(ask: Ask, seeing: Path) -> None:
    model = Model(path=str(seeing / "m"), dtype="bfloat16")
    assert run_rollout(ask(model=model, limit=2), silent).figures.rollouts == 4


def test_packed_output_holds_the_same_rows(ask: Ask) -> None:
    run_rollout(ask(), silent)
    packed = ask(output=f"{ask().output}.gz")
    report = run_rollout(packed, silent)
    assert gzip.decompress(Path(packed.output).read_bytes()) == Path(ask().output).read_bytes()
    assert report.figures.rollouts == 10


def test_ids_that_repeat_stop_before_any_work(ask: Ask) -> None:
    with pytest.raises(RolloutError, match="expected another id"):
        run_rollout(ask(data=[*ask().data, *ask().data]), silent)


def test_full_disk_is_one_line_and_goes_on(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    def full(self: FileSink, *given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FileSink, "write", full)
        with pytest.raises(
            ConfigError, match=r"No space left on device; free some space .*--resume"
        ):
            run_rollout(ask(), silent)
    assert run_rollout(ask(resume=True), silent).figures.rollouts == 10


def test_another_run_at_the_same_time_is_refused(ask: Ask) -> None:
    request: Request = ask()
    sink = open_sink(request, b"{}")
    try:
        with pytest.raises(ConfigError, match="expected no other run, got one that writes now"):
            run_rollout(request, silent)
    finally:
        sink.close()
