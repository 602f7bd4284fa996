"""What `rewardkit summary` says about figures that are not exact."""

import msgspec

from rewardkit.analysis.lengths import LengthReport
from rewardkit.analysis.summarising import SummaryReport, summarise
from rewardkit.cli.results import render
from rewardkit.cli.summary_tables import tables
from rewardkit.scored import KeptRow

LINE = b'{"id":"1","group":"q","reward":0.5,"status":"scored","scores":{"a":{"value":0.5}}}'


def usual() -> SummaryReport:
    return summarise([msgspec.json.decode(LINE, type=KeptRow)])


def test_exact_figures_have_no_remark() -> None:
    text = render(tables(usual()))
    assert "lower bounds" not in text
    assert "by chance" not in text


def test_a_sample_of_lengths_is_told() -> None:
    length = LengthReport("tokens", 200, 100, None, None, [])
    text = render(tables(msgspec.structs.replace(usual(), length=length)))
    assert "Pearson -, Spearman -, 200 rows, of which 100 by chance" in text


def test_counts_of_reasons_that_are_too_low_are_told() -> None:
    report = usual()
    part = msgspec.structs.replace(report.parts["a"], reasons_missed=7)
    text = render(tables(msgspec.structs.replace(report, parts={"a": part})))
    assert "Counts of reasons are lower bounds (a: at most +7)." in text
