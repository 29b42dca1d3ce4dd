"""Surprises: the same seed draws the same members, and a budget is never exceeded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.actions.draw_surprise import Draw, draw_surprise
from app.loyalty.errors import KeyReusedError
from app.loyalty.redeeming.draws import drawn
from tests.factories.houses import house

MEMBERS = st.lists(st.text("abcdef", min_size=1, max_size=4), max_size=30)


@given(seed=st.text(max_size=8), members=MEMBERS, amount=st.integers(1, 50), budget=st.integers(0, 500), data=st.data())
def test_the_same_seed_draws_the_same_within_the_budget(
    seed: str, members: list[str], amount: int, budget: int, data: st.DataObject
) -> None:
    winners = drawn(seed, members, amount, budget)
    shuffled = data.draw(st.permutations(members))
    assert drawn(seed, [*shuffled, *members], amount, budget) == winners
    assert len(winners) * amount <= budget
    assert len(winners) == min(len(set(members)), budget // amount)
    assert set(winners) <= set(members)


def test_a_draw_worked_by_hand() -> None:
    """The order of SHA-256 over ``seven``, a new line and the name; 25 pays for two of 10."""
    assert drawn("seven", ("ada", "ben", "cas"), 10, 25) == ("ben", "cas")
    assert drawn("seven", ("cas", "ada", "ben"), 10, 25, most=1) == ("ben",)


def test_winners_have_their_points_once_and_the_terms_are_kept(db: Engine) -> None:
    ours = house(db)
    names = ("ada", "ben", "cas", "dot")
    ids = ours.join(*names)
    draw = Draw("spring", "seven", ids, amount=10, budget=25)
    winners: tuple[object, ...] = ()
    for _ in range(2):
        with ours.unit("2025-02-01") as scope:
            winners = draw_surprise(scope, draw, actor="mia", why="Spring")
    assert len(winners) == 2
    assert {name: ours.amounts(name)[1] for name in names} == {
        name: 10 if member in winners else 0 for name, member in zip(names, ids, strict=True)
    }
    with ours.unit("2025-02-02") as scope, pytest.raises(KeyReusedError):
        draw_surprise(scope, Draw("spring", "eight", ids, 10, 25), actor="mia", why="Spring")
    assert ours.breaches() == []
