"""Spread figures against a slow reference, and the sampler that acts on them."""

from itertools import combinations
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.prompt_draws import DrawState, PromptDraws
from rewardkit.analysis.spread import Row, spread_figures
from rewardkit.trainer.recipe import Adaptive
from rewardkit.trainer.sampler import AdaptivePrompts

VALUES = st.sampled_from([None, 0.0, 0.3, 0.1 + 0.2, 0.5, 1.0])
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.booleans(),
        st.fixed_dictionaries({"total": VALUES, "part": VALUES}),
    ),
    min_size=1,
    max_size=12,
)


def slow(rows: list[Row], name: str) -> dict[str, float]:
    """Shares by comparing every pair of a group."""
    groups = {group for group, _, _ in rows}
    mixed = right = wrong = 0
    for group in groups:
        values = [v for g, _, parts in rows if g == group and (v := parts[name]) is not None]
        pairs = list(combinations(values, 2))
        if any(abs(a - b) > 1e-9 for a, b in pairs):
            mixed += 1
        elif pairs and values[0] >= 1.0 - 1e-9:
            right += 1
        elif pairs:
            wrong += 1
    n = len(groups)
    return {"mixed": mixed / n, "all_right": right / n, "all_wrong": wrong / n}


@given(ROWS)
def test_shares_are_those_of_the_slow_reference(rows: list[Row]) -> None:
    figures = spread_figures(rows)
    for name in ("total", "part"):
        for share, value in slow(rows, name).items():
            assert figures[f"groups/{name}/{share}"] == pytest.approx(value)
    assert figures["unjudged"] == pytest.approx(
        sum(parts["total"] is None for _, _, parts in rows) / len(rows)
    )
    assert 0.0 <= figures["effective"] <= 1.0


def test_equal_float32_rewards_are_alike() -> None:
    rows: list[Row] = [("a", False, {"total": 0.1 + 0.2}), ("a", True, {"total": 0.3})]
    figures = spread_figures(rows)
    assert (figures["effective"], figures["truncated"]) == (0.0, 0.5)


def config(**changed: int) -> SimpleNamespace:
    fields = {"num_generations": 2, "generation_batch_size": 8, "num_iterations": 1}
    return SimpleNamespace(**(fields | {"steps_per_generation": 2, "seed": 0} | changed))


def test_adaptive_draws_have_trls_order() -> None:
    prompts = AdaptivePrompts(10, config(), Adaptive())
    drawn = list(prompts)
    assert len(drawn) == len(prompts) == 2 * 4 * 2 * 2
    assert drawn[:8] == drawn[8:16]  # both steps that share the generation
    assert drawn[0] == drawn[1] and len(set(drawn[:8])) == 4
    assert list(AdaptivePrompts(10, config(), Adaptive())) == drawn
    assert list(AdaptivePrompts(10, config(seed=1), Adaptive())) != drawn


def test_saturated_questions_are_drawn_less_and_again() -> None:
    prompts = AdaptivePrompts(
        100, config(generation_batch_size=20), Adaptive(floor=0.1, memory=1.0)
    )
    alike: list[Row] = [(str(q), False, {"total": 1.0}) for q in range(50) for _ in range(2)]
    prompts.draws.observe(alike)
    counts = [0] * 100
    for epoch in range(40):
        prompts.set_epoch(epoch)
        for pick in prompts:
            counts[pick] += 1
    saturated, mixed = sum(counts[:50]), sum(counts[50:])
    assert 0.05 < saturated / mixed < 0.2
    again = PromptDraws(100, 10, seed=0, floor=0.1, memory=1.0)
    again.state = msgspec.json.decode(msgspec.json.encode(prompts.draws.state), type=DrawState)
    number = len(again.state.drawn)
    assert again.picks(number) == prompts.draws.picks(number)
