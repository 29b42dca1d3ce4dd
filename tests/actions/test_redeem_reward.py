"""A shopper turns points into a reward: judged, held lot by lot, the code stored before anybody hears of it."""

import pytest
from sqlalchemy import Engine, select

from app.actions.redeem_reward import redeem_reward
from app.db.tables import OutboxRow, RequestRow
from app.loyalty.redeeming.redemptions import Ask
from app.loyalty.terms.programme import Expiry, Level, Reward
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import ladder, version

REWARDS = (Reward("r", 30), Reward("golden", 10, level="gold"))


def wishes(ours: House) -> list[tuple[str, str, str]]:
    with ours.reading() as scope:
        rows = scope.session.scalars(
            select(OutboxRow).where(OutboxRow.programme_id == ours.programme_id).order_by(OutboxRow.effect_id)
        )
        return [(row.kind, row.subject, row.state) for row in rows]


def rich(db: Engine) -> House:
    tiers = ladder(Level("silver", 5000), Level("gold", 20000))
    ours = house(db, version(rewards=REWARDS, tiers=tiers))
    ours.settle("2025-02-01T13", order(price="100.00"))
    return ours


def test_points_go_on_hold_and_the_code_is_stored_with_the_wish_to_make_it(db: Engine) -> None:
    ours = rich(db)
    wished = wishes(ours)
    answer = ours.redeem("2025-02-02", "ada", "k1", code="KZ-SECRET")
    assert (answer.refused, answer.repeated) == (None, False)
    assert ours.amounts("ada") == (0, 70, 30, 0)
    row = ours.redemption("k1")
    assert (row.code, row.state, row.stage, row.cost, row.parts) == ("KZ-SECRET", "held", "requested", 30, [[1, 30]])
    assert wishes(ours)[len(wished) :] == [("issue_code", "redemption:k1", "waiting")]
    assert ours.breaches() == []


def test_the_same_key_gets_the_first_answer_and_no_second_code(db: Engine) -> None:
    ours = rich(db)
    ours.redeem("2025-02-02", "ada", "k1")
    again = ours.redeem("2025-02-03", "ada", "k1", code="ANOTHER")
    assert (again.refused, again.repeated) == (None, True)
    assert ours.redemption("k1").code == "k1"
    assert ours.amounts("ada") == (0, 70, 30, 0)


def test_a_refusal_is_the_first_answer_too(db: Engine) -> None:
    ours = rich(db)
    ours.adjust("2025-02-01T14", "ada", "a1", -95)
    first = ours.redeem("2025-02-02", "ada", "k1")
    assert (first.refused, dict(first.numbers)) == ("INSUFFICIENT_POINTS", {"have": 5, "need": 30, "missing": 25})
    ours.adjust("2025-02-03", "ada", "a2", 95)
    again = ours.redeem("2025-02-04", "ada", "k1")
    assert (again.refused, again.repeated, dict(again.numbers)) == (first.refused, True, dict(first.numbers))


def test_another_content_under_the_same_key_is_refused_and_moves_nothing(db: Engine) -> None:
    ours = rich(db)
    ours.redeem("2025-02-02", "ada", "k1")
    assert ours.redeem("2025-02-02", "ada", "k1", "golden").refused == "KEY_REUSED"
    assert ours.adjust("2025-02-02", "ada", "k1", 30).refused == "KEY_REUSED"
    ours.settle("2025-02-02", order("o2", "100.00", customer="ben"))
    assert ours.redeem("2025-02-02", "ben", "k1").refused == "KEY_REUSED"
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 70, 30, 0), (0, 100, 0, 0))
    with ours.reading() as scope:
        kept = scope.session.scalars(select(RequestRow).where(RequestRow.programme_id == ours.programme_id)).all()
    assert [(row.key, row.kind) for row in kept] == [("k1", "redeem")]


@pytest.mark.parametrize(
    ("reward", "code", "numbers"),
    (("moon", "UNKNOWN_REWARD", {}), ("golden", "TIER_TOO_LOW", {"need": "gold"})),
)
def test_what_cannot_be_had_is_refused_with_what_is_missing(
    db: Engine, reward: str, code: str, numbers: dict[str, str]
) -> None:
    ours = rich(db)
    answer = ours.redeem("2025-02-02", "ada", "k1", reward)
    assert (answer.refused, dict(answer.numbers)) == (code, numbers)
    assert ours.amounts("ada") == (0, 100, 0, 0)


def test_jobs_that_are_late_never_change_a_number(db: Engine) -> None:
    """Nobody tended the member since: what expired is gone all the same, what was released is there."""
    ours = house(
        db, version(rewards=REWARDS, expiry=Expiry(5)), version("2025-02-02T00", rewards=REWARDS, pending_days=3)
    )
    ours.settle("2025-02-01T13", order(price="100.00"))
    ours.settle("2025-02-02", order("o2", "29.00", paid="2025-02-02"))
    assert ours.amounts("ada") == (29, 100, 0, 0)
    answer = ours.redeem("2025-03-02", "ada", "k1")
    assert dict(answer.numbers) == {"have": 29, "need": 30, "missing": 1}
    assert ours.amounts("ada") == (0, 29, 0, 0)


def test_somebody_unknown_is_told_so(db: Engine) -> None:
    ours, theirs = rich(db), rich(db)
    stranger = theirs.request("k1", "redeem", ours.member("ada"), reward="r")
    with theirs.unit("2025-02-02") as scope:
        assert redeem_reward(scope, theirs.shop_id, stranger, Ask("k1", "x", "r")).refused == "UNKNOWN_MEMBER"
    assert ours.amounts("ada") == (0, 100, 0, 0)
