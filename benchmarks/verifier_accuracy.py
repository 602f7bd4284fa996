"""How often verifiers are right, side by side on the same pairs, and how long they take.

    python benchmarks/verifier_accuracy.py PAIRS.jsonl GOLDS.jsonl ROLLOUTS.jsonl

Each verifier runs in a process of its own and is asked each pair in turn, so that all of them meet
the same load of the machine. See docs/benchmarks.md.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from accuracy_tables import accuracy_table, start_table
from isolated import Isolated, Timed
from machine import describe_machine, machine_slug, versions
from pairs import Pair, crossed, read_pairs
from peers import PEERS, chosen
from rich.console import Console
from rich.progress import track

RESULTS = Path(__file__).parent / "results"


class Section(NamedTuple):
    """One table of the report.

    Attributes:
        title: What the pairs are.
        pairs: At least one.
    """

    title: str
    pairs: Sequence[Pair]


def sections(path: Path, cross: int, seed: int) -> Iterator[Section]:
    """What is to be judged of one file.

    Args:
        path: See `read_pairs`.
        cross: Pairs of different golds, 0 for all there are, negative for none.
        seed: Of the draw of these pairs.
    """
    kind, pairs = read_pairs(path)
    math = [pair for pair in pairs if pair.task == "math"]
    others = [pair for pair in pairs if pair.task != "math"]
    if math:
        what = {"pairs": "pairs", "rollouts": "rollouts", "golds": "golds against themselves"}[kind]
        yield Section(f"{path.name}: {len(math):,} {what}", math)
    if others:
        tasks = ", ".join(sorted({pair.task for pair in others}))
        what = f"pairs of other tasks ({tasks}), which the peers judge as mathematics"
        yield Section(f"{path.name}: {len(others):,} {what}", others)
    if kind == "golds" and cross >= 0:
        mixed = crossed(pairs, cross, seed)
        if mixed:
            how = f"drawn with seed {seed}" if cross else "all there are"
            title = f"{path.name}: {len(mixed):,} pairs of golds of different text, {how}"
            yield Section(title, mixed)


def judge_all(pairs: Sequence[Pair], panel: Mapping[str, Isolated]) -> dict[str, list[Timed]]:
    """Ask every verifier each pair in turn."""
    timed: dict[str, list[Timed]] = {name: [] for name in panel}
    console = Console(stderr=True)
    for pair in track(pairs, "judging", console=console, disable=not console.is_terminal):
        for name, verifier in panel.items():
            timed[name].append(verifier.ask(pair))
    return timed


def otherwise(
    pairs: Sequence[Pair], timed: Mapping[str, Sequence[Timed]]
) -> list[dict[str, object]]:
    """The pairs that the first verifier didn't judge as labelled, with everybody's opinion.

    Of unlabelled pairs, those that anybody accepts.
    """
    rows: list[dict[str, object]] = []
    for index, pair in enumerate(pairs):
        opinions = {name: results[index].opinion for name, results in timed.items()}
        ours = next(iter(opinions.values())).accepted
        accepted = any(opinion.accepted for opinion in opinions.values())
        if accepted if pair.equivalent is None else ours != pair.equivalent:
            said = {name: opinion._asdict() for name, opinion in opinions.items()}
            rows.append({**pair._asdict(), "opinions": said})
    return rows


def acceptances(pairs: Sequence[Pair], timed: Mapping[str, Sequence[Timed]]) -> str:
    """The unlabelled pairs that somebody accepts, by who does; empty where there are none."""
    lines = []
    for index, pair in enumerate(pairs):
        who = [name for name, results in timed.items() if results[index].opinion.accepted]
        if who and pair.equivalent is None:
            lines.append(f"* {pair.id}: {', '.join(who)}")
    return "\n".join(["Accepted:", "", *lines]) if lines else ""


def benchmark(
    data: Sequence[Path], names: Sequence[str], cross: int, seed: int, limit_s: float
) -> tuple[str, list[dict[str, object]]]:
    """Run it all.

    Returns:
        The report as Markdown, and the rows that came out other than labelled.
    """
    missing = {name: PEERS[name].install for name in names if not PEERS[name].installed}
    present = [name for name in names if name not in missing]
    text: list[str] = []
    rows: list[dict[str, object]] = []
    with ExitStack() as stack:
        panel = {
            name: stack.enter_context(closing(Isolated(PEERS[name].load, limit_s)))
            for name in present
        }
        for path in data:
            for title, pairs in sections(path, cross, seed):
                timed = judge_all(pairs, panel)
                text += [f"## {title}", accuracy_table(pairs, timed, missing)]
                text += filter(None, [acceptances(pairs, timed)])
                rows += [{"file": path.name, **row} for row in otherwise(pairs, timed)]
        text.append("## Start")
        text.append("Once for each process, in none of the times above.")
        text.append(start_table({name: verifier.start for name, verifier in panel.items()}))
    packages = dict.fromkeys(package for name in present for package in PEERS[name].packages)
    text.append(f"{describe_machine()}; {versions(list(packages))}.")
    return "\n\n".join(text), rows


def main(
    data: Annotated[list[Path], typer.Argument(help="JSONL files.", exists=True)],
    peers: Annotated[str, typer.Option(help="Verifiers, by commas; first ours.")] = ",".join(PEERS),
    cross: Annotated[int, typer.Option(help="Pairs of golds; 0: all, -1: none.")] = 1000,
    seed: Annotated[int, typer.Option(help="Draws the pairs of golds.")] = 0,
    limit_s: Annotated[float, typer.Option(min=0.1, help="A pair hangs after so long.")] = 30.0,
    save: Annotated[bool, typer.Option(help="Also write the report to results/.")] = False,
    wrong: Annotated[
        Path | None, typer.Option(help="Write rows judged other than labelled here.")
    ] = None,
) -> None:
    """Compare verifiers on labelled pairs, rollouts and golds."""
    report, rows = benchmark(data, chosen(peers), cross, seed, limit_s)
    date = time.strftime("%Y-%m-%d")
    files = " ".join(path.name for path in data)
    options = f"--peers {peers} --cross {cross} --seed {seed} --limit-s {limit_s:g}"
    command = f"python benchmarks/verifier_accuracy.py {files} {options}"
    page = f"# Accuracy of verifiers, {date}\n\n    {command}\n\n{report}\n"
    sys.stdout.write(page)
    if wrong is not None:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        wrong.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if save:
        target = RESULTS / f"verifier-accuracy-{machine_slug()}-{date}.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
