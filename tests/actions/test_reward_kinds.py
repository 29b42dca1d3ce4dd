"""Rewards that are no codes, from asking to their end: what the shop is asked, whose turn it is, what it adds up to."""

import pytest
from sqlalchemy import Engine, select

from app.actions.close_task import close_task
from app.actions.describe_effect import describe_effect
from app.actions.give_reward import give_reward
from app.actions.pick_option import pick_option
from app.actions.record_effect import effect_is_done, effect_is_lost
from app.db import redemptions
from app.db.outbox import EffectKind
from app.db.tables import DeedRow, OutboxRow, TaskRow
from app.loyalty.effects import CreditKind, DiscountKind, GrantCredit, IssueDiscount
from app.loyalty.errors import AlreadyClosedError, UnknownRedemptionError
from app.loyalty.publishing.offering import Abilities
from app.loyalty.redeeming.redemptions import Ask
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import AmountOff, Choice, Donation, FreeProduct, GiftCard, Service, StoreCredit
from app.loyalty.terms.variable import Variable
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version

CHOSEN = Variable(10, None, 10, 1, 1)
REWARDS = (
    Reward("credit", 30, StoreCredit(300), code_days=30, name="3.00 credit"),
    Reward("card", 50, GiftCard(500)),
    Reward("mug", 40, FreeProduct("77", 1250, "78")),
    Reward("trees", 0, Donation("trees", 1, round_to_minor=100), variable=CHOSEN),
    Reward("sea", 20, Donation("sea", 15)),
    Reward("knives", 30, Service("Sharpen two knives", days=3)),
    Reward("pick", 30, Choice(("five", "knives")), code_days=7),
    Reward("five", 50, AmountOff(500), code_days=10),
)


def rich(db: Engine) -> House:
    ours = house(db, version(rewards=REWARDS))
    for name in ("ada", "ben"):
        ours.settle("2025-02-01T13", order(f"o-{name}", "100.00", customer=name))
    return ours


def waiting(ours: House) -> list[str]:
    with ours.reading() as scope:
        rows = scope.session.scalars(
            select(OutboxRow).where(OutboxRow.programme_id == ours.programme_id, OutboxRow.subject.like("redemption:%"))
        )
        return [row.kind for row in rows]


def described(ours: House, kind: EffectKind, key: str) -> object:
    with ours.reading("2025-02-02") as scope:
        return describe_effect(scope, ours.shop_id, kind, {"redemption": key})


def test_credit_is_spent_when_the_shop_confirms_it_and_its_terms_were_told(db: Engine) -> None:
    ours = rich(db)
    assert ours.redeem("2025-02-02", "ada", "k1", "credit").refused is None
    assert waiting(ours) == ["grant_credit"]
    effect = described(ours, EffectKind.GRANT_CREDIT, "k1")
    assert isinstance(effect, GrantCredit)
    assert (effect.kind, effect.value_minor, effect.currency, effect.title) == (
        CreditKind.STORE_CREDIT, 300, "EUR", "3.00 credit",
    )  # fmt: skip
    assert (effect.asked_at, effect.ends_at) == (instant("2025-02-02"), instant("2025-03-04"))
    with ours.unit("2025-02-02T01") as scope:
        effect_is_done(scope, EffectKind.GRANT_CREDIT, {"redemption": "k1"}, "gid://credit/1")
    row = ours.redemption("k1")
    assert (row.state, row.stage, row.external_id) == ("redeemed", "fulfilled", "gid://credit/1")
    assert ours.amounts("ada") == (0, 70, 0, 0)
    assert described(ours, EffectKind.GRANT_CREDIT, "k1") is None
    ours.tend("2025-04-01")
    assert ours.amounts("ada") == (0, 70, 0, 0)
    assert ours.breaches() == []


def test_what_was_given_before_is_never_taken_for_the_next(db: Engine) -> None:
    ours = rich(db)
    ours.redeem("2025-02-02", "ada", "k1", "credit")
    with ours.unit("2025-02-02T01") as scope:
        effect_is_done(scope, EffectKind.GRANT_CREDIT, {"redemption": "k1"}, "gid://credit/1")
    ours.redeem("2025-02-02T02", "ada", "k2", "credit")
    effect = described(ours, EffectKind.GRANT_CREDIT, "k2")
    assert isinstance(effect, GrantCredit)
    assert effect.known == {"gid://credit/1"}


def test_credit_the_shop_refuses_for_good_gives_its_points_back(db: Engine) -> None:
    ours = rich(db)
    ours.redeem("2025-02-02", "ada", "k1", "card")
    with ours.unit("2025-02-03") as scope:
        effect_is_lost(scope, EffectKind.GRANT_CREDIT, {"redemption": "k1"})
    assert (ours.redemption("k1").stage, ours.amounts("ada")) == ("failed", (0, 100, 0, 0))
    assert waiting(ours) == ["grant_credit"]


def test_a_shop_without_credit_refuses_before_anything_is_held(db: Engine) -> None:
    ours = rich(db)
    codes_only = Abilities(frozenset(DiscountKind))
    answer = ours.redeem("2025-02-02", "ada", "k1", "credit", abilities=codes_only)
    assert (answer.refused, dict(answer.numbers)) == ("NOT_AT_THIS_SHOP", {"reward": "credit", "need": "store_credit"})
    assert ours.amounts("ada") == (0, 100, 0, 0)


def test_a_free_product_is_a_code_that_names_it(db: Engine) -> None:
    ours = rich(db)
    ours.redeem("2025-02-02", "ada", "k1", "mug")
    effect = described(ours, EffectKind.ISSUE_CODE, "k1")
    assert isinstance(effect, IssueDiscount)
    assert (effect.kind, effect.value, effect.product, effect.variant) == (DiscountKind.FREE_PRODUCT, 1250, "77", "78")


def test_the_total_of_a_cause_is_what_the_ledger_says_of_all_members(db: Engine) -> None:
    ours = rich(db)
    ours.redeem("2025-02-02", "ada", "k1", "trees", points=40)
    ours.redeem("2025-02-02", "ben", "k2", "trees", points=20)
    ours.redeem("2025-02-02", "ben", "k3", "sea")
    with ours.reading() as scope:
        assert redemptions.donated(scope.session, ours.programme_id) == [("sea", 20, 15), ("trees", 60, 60)]
    assert waiting(ours) == []
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 60, 0, 0), (0, 60, 0, 0))
    assert ours.breaches() == []


def test_a_total_is_rounded_up_by_the_points_that_are_missing(db: Engine) -> None:
    """47.30 lacks 70 cents: 70 points of one cent each."""
    ours = rich(db)
    request = ours.request("k1", "redeem", ours.member("ada"), reward="trees", total=4730)
    ask = Ask("k1", "k1", "trees", total_minor=4730)
    from app.actions.redeem_reward import redeem_reward  # noqa: PLC0415

    with ours.unit("2025-02-02") as scope:
        assert redeem_reward(scope, ours.shop_id, request, ask).refused is None
    assert (ours.redemption("k1").cost, ours.amounts("ada")) == (70, (0, 30, 0, 0))


def task(ours: House, key: str) -> TaskRow:
    with ours.reading() as scope:
        return scope.session.scalars(
            select(TaskRow).where(TaskRow.programme_id == ours.programme_id, TaskRow.redemption_id == key)
        ).one()


def close(ours: House, key: str, *, done: bool) -> None:
    with ours.unit("2025-02-03") as scope:
        close_task(scope, key, done=done, actor="mia", note="Two knives")


@pytest.mark.parametrize(("done", "state", "left"), ((True, "done", 70), (False, "cancelled", 100)))
def test_staff_do_a_service_or_cancel_it_once(db: Engine, *, done: bool, state: str, left: int) -> None:
    ours = rich(db)
    ours.redeem("2025-02-02", "ada", "k1", "knives")
    opened = task(ours, "k1")
    assert (opened.task, opened.state, opened.due_at) == ("Sharpen two knives", "open", instant("2025-02-05"))
    assert ours.amounts("ada") == (0, 70, 30, 0)
    close(ours, "k1", done=done)
    close(ours, "k1", done=done)
    closed = task(ours, "k1")
    assert (closed.state, closed.closed_by, ours.amounts("ada")) == (state, "mia", (0, left, 0, 0))
    with pytest.raises(AlreadyClosedError):
        close(ours, "k1", done=not done)
    assert ours.amounts("ada") == (0, left, 0, 0)
    with ours.reading() as scope:
        deeds = scope.session.scalars(select(DeedRow.what).where(DeedRow.programme_id == ours.programme_id)).all()
    assert list(deeds) == ["close_task"]
    assert ours.breaches() == []


def test_there_is_no_task_nobody_asked_for(db: Engine) -> None:
    ours = rich(db)
    with pytest.raises(UnknownRedemptionError):
        close(ours, "k9", done=True)


def choose(ours: House, customer: str, key: str, redemption: str, option: str, shop: Abilities | None = None) -> object:
    request = ours.request(key, "pick", ours.member(customer), redemption=redemption, option=option)
    with ours.unit("2025-02-03") as scope:
        return pick_option(scope, request, redemption, option, shop_id=ours.shop_id, abilities=shop).refused


def test_of_several_the_picked_one_is_made_and_nothing_else(db: Engine) -> None:
    ours = rich(db)
    ours.redeem("2025-02-02", "ada", "k1", "pick")
    assert (waiting(ours), ours.redemption("k1").stage) == ([], "choosing")
    assert choose(ours, "ada", "p0", "k1", "mug") == "UNKNOWN_OPTION"
    assert choose(ours, "ben", "p1", "k1", "five") == "UNKNOWN_REDEMPTION"
    assert choose(ours, "ada", "p2", "k1", "five") is None
    assert choose(ours, "ada", "p2", "k1", "five") is None
    assert choose(ours, "ada", "p3", "k1", "knives") == "ALREADY_PICKED"
    assert (waiting(ours), ours.redemption("k1").option, ours.amounts("ada")) == (
        ["issue_code"], "five", (0, 70, 30, 0),
    )  # fmt: skip
    effect = described(ours, EffectKind.ISSUE_CODE, "k1")
    assert isinstance(effect, IssueDiscount)
    assert (effect.kind, effect.value) == (DiscountKind.AMOUNT_OFF, 500)


def test_a_member_is_given_a_choice_for_nothing_and_the_deed_is_kept(db: Engine) -> None:
    ours = rich(db)
    request = ours.request("g1", "give", ours.member("ada"), reward="pick")
    with ours.unit("2025-02-02") as scope:
        assert give_reward(scope, ours.shop_id, request, Ask("g1", "G1", "pick")).refused is None
    assert choose(ours, "ada", "p1", "g1", "knives") is None
    close(ours, "g1", done=True)
    row = ours.redemption("g1")
    assert (row.cost, row.state, row.stage, ours.amounts("ada")) == (0, "redeemed", "fulfilled", (0, 100, 0, 0))
    with ours.reading() as scope:
        deed = scope.session.scalars(
            select(DeedRow).where(DeedRow.programme_id == ours.programme_id, DeedRow.what == "give_reward")
        ).one()
    assert (deed.actor, deed.why, deed.detail) == (
        "staff",
        "because",
        {"reward": "pick", "redemption": "g1", "cost": 30},
    )
    assert ours.breaches() == []
