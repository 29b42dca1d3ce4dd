"""What becomes of a redemption: live, returned, failed, used, given back; the code is disabled before points return."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from app.actions.conclude_redemption import code_is_gone, code_is_live, end_redemption
from app.actions.describe_effect import describe_effect
from app.actions.record_effect import effect_is_done, effect_is_lost
from app.db.outbox import EffectKind
from app.db.tables import OutboxRow
from app.loyalty.effects import DisableDiscount, DiscountKind, IssueDiscount
from app.loyalty.errors import AlreadyUsedError, UnknownRedemptionError
from app.loyalty.ledger.books import Stage
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import Percentage
from tests.factories.facts import order, refund
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version

REWARD = Reward("r", 60, Percentage(1500), code_days=10, minimum_minor=2000, name="15 % off", beside=())


def asked(db: Engine, *, codes_revive: bool = False) -> House:
    ours = house(db, version(rewards=[REWARD]))
    ours.settle("2025-02-01T13", order(price="100.00"))
    ours.redeem("2025-02-02", "ada", "k1", code="KZ-1", codes_revive=codes_revive)
    return ours


def waiting(ours: House) -> list[tuple[str, dict[str, object]]]:
    with ours.reading() as scope:
        rows = scope.session.scalars(
            select(OutboxRow)
            .where(OutboxRow.programme_id == ours.programme_id, OutboxRow.subject == "redemption:k1")
            .order_by(OutboxRow.effect_id)
        )
        return [(row.kind, row.payload) for row in rows]


def end(ours: House, now: str, stage: Stage) -> None:
    with ours.unit(now) as scope:
        end_redemption(scope, "k1", stage)


def gone(ours: House, now: str, stage: Stage) -> None:
    with ours.unit(now) as scope:
        effect_is_done(scope, EffectKind.DISABLE_CODE, {"redemption": "k1", "stage": stage.value}, None)


def test_the_effect_says_all_that_a_platform_needs_to_make_the_code(db: Engine) -> None:
    ours = asked(db)
    with ours.reading() as scope:
        effect = describe_effect(scope, ours.shop_id, EffectKind.ISSUE_CODE, {"redemption": "k1"})
    assert isinstance(effect, IssueDiscount)
    assert effect == IssueDiscount(
        reference="k1", code="KZ-1", kind=DiscountKind.PERCENTAGE, value=1500, currency="EUR", customer=effect.customer,
        starts_at=instant("2025-02-02"), ends_at=instant("2025-02-12"), minimum_minor=2000, title="15 % off",
        beside=(),
    )  # fmt: skip
    assert effect.customer is not None
    assert effect.customer.id == "ada"


def test_a_code_that_was_made_is_live_and_its_name_at_the_shop_is_kept(db: Engine) -> None:
    ours = asked(db)
    with ours.unit("2025-02-02T13") as scope:
        code_is_live(scope, "k1", "gid://discount/9")
        code_is_live(scope, "k1", None)
    row = ours.redemption("k1")
    assert (row.stage, row.external_id) == ("issued", "gid://discount/9")
    with ours.reading() as scope:
        effect = describe_effect(scope, ours.shop_id, EffectKind.DISABLE_CODE, {"redemption": "k1"})
    assert effect == DisableDiscount("k1", "KZ-1", "gid://discount/9")


@pytest.mark.parametrize("stage", (Stage.RETURNED, Stage.FAILED))
def test_points_return_only_after_the_code_is_gone(db: Engine, stage: Stage) -> None:
    ours = asked(db)
    end(ours, "2025-02-03", stage)
    assert ours.amounts("ada") == (0, 40, 60, 0)
    assert ours.redemption("k1").stage == "returning"
    assert waiting(ours)[1:] == [("disable_code", {"redemption": "k1", "stage": stage.value})]
    gone(ours, "2025-02-03T13", stage)
    assert ours.amounts("ada") == (0, 100, 0, 0)
    assert (ours.redemption("k1").state, ours.redemption("k1").stage) == ("given_back", stage.value)
    end(ours, "2025-02-04", stage)
    gone(ours, "2025-02-04", stage)
    assert ours.amounts("ada") == (0, 100, 0, 0)
    assert ours.breaches() == []


def test_asking_twice_wishes_once(db: Engine) -> None:
    ours = asked(db)
    end(ours, "2025-02-03", Stage.RETURNED)
    end(ours, "2025-02-03", Stage.RETURNED)
    assert [kind for kind, _ in waiting(ours)] == ["issue_code", "disable_code"]


def test_a_code_on_its_way_back_is_no_longer_made(db: Engine) -> None:
    ours = asked(db)
    end(ours, "2025-02-03", Stage.RETURNED)
    with ours.reading() as scope:
        assert describe_effect(scope, ours.shop_id, EffectKind.ISSUE_CODE, {"redemption": "k1"}) is None


def test_a_code_used_while_it_was_on_its_way_back_is_used(db: Engine) -> None:
    ours = asked(db)
    end(ours, "2025-02-03", Stage.RETURNED)
    ours.settle("2025-02-03T13", order("o2", "9.00", paid="2025-02-03T13", codes=[("kz-1", "9.00")]))
    assert ours.amounts("ada") == (0, 40, 0, 0)
    gone(ours, "2025-02-03T14", Stage.RETURNED)
    assert ours.amounts("ada") == (0, 40, 0, 0)
    assert (ours.redemption("k1").state, ours.redemption("k1").stage) == ("redeemed", "used")


def test_a_used_code_cannot_be_returned(db: Engine) -> None:
    ours = asked(db)
    ours.settle("2025-02-03", order("o2", "9.00", paid="2025-02-03", codes=[("KZ-1", "9.00")]))
    with ours.unit("2025-02-04") as scope, pytest.raises(AlreadyUsedError):
        end_redemption(scope, "k1", Stage.RETURNED)
    assert ours.amounts("ada") == (0, 40, 0, 0)


def test_only_ones_own_redemption_can_be_returned(db: Engine) -> None:
    ours, theirs = asked(db), asked(db)
    [ben] = ours.join("ben")
    for house_, member_id, key in ((ours, ben, "k1"), (ours, None, "k2"), (theirs, ours.member("ada"), "k1")):
        with house_.unit("2025-02-04") as scope, pytest.raises(UnknownRedemptionError):
            end_redemption(scope, key, Stage.RETURNED, member_id=member_id)
    assert ours.amounts("ada") == (0, 40, 60, 0)


def test_a_code_that_can_never_be_made_gives_its_points_back_after_it_was_disabled(db: Engine) -> None:
    ours = asked(db)
    with ours.unit("2025-02-03") as scope:
        effect_is_lost(scope, EffectKind.ISSUE_CODE, {"redemption": "k1"})
    assert ours.amounts("ada") == (0, 40, 60, 0)
    assert waiting(ours)[-1] == ("disable_code", {"redemption": "k1", "stage": "failed"})
    gone(ours, "2025-02-03T13", Stage.FAILED)
    assert ours.amounts("ada") == (0, 100, 0, 0)
    assert ours.redemption("k1").stage == "failed"


def test_where_codes_revive_the_code_goes_before_the_points_of_a_cancelled_order_return(db: Engine) -> None:
    ours = asked(db, codes_revive=True)
    used = order("o2", "9.00", paid="2025-02-03", codes=[("KZ-1", "5.00")])
    ours.settle("2025-02-03", used)
    ours.settle("2025-02-04", replace(used, updated_at=instant("2025-02-04"), cancelled_at=instant("2025-02-04")))
    assert ours.amounts("ada") == (0, 40, 0, 0)
    assert waiting(ours)[-1] == ("disable_code", {"redemption": "k1", "stage": "returned"})
    gone(ours, "2025-02-04T13", Stage.RETURNED)
    assert ours.amounts("ada") == (0, 100, 0, 0)
    assert ours.redemption("k1").stage == "returned"


def test_where_codes_do_not_revive_the_points_of_a_refunded_order_return_at_once(db: Engine) -> None:
    ours = asked(db)
    used = order("o2", "9.00", paid="2025-02-03", codes=[("KZ-1", "5.00")])
    ours.settle("2025-02-03", used)
    whole = (refund("2025-02-04", "4.00"),)
    ours.settle("2025-02-04", replace(used, updated_at=instant("2025-02-04"), refunds=whole))
    assert ours.amounts("ada") == (0, 100, 0, 0)


def test_a_code_nobody_used_runs_out_and_is_disabled_too(db: Engine) -> None:
    ours = asked(db)
    assert ours.tend("2025-02-12T11:59:59") == 0
    assert ours.amounts("ada") == (0, 40, 60, 0)
    ours.tend("2025-02-12")
    assert ours.amounts("ada") == (0, 100, 0, 0)
    assert ours.redemption("k1").stage == "expired"
    assert [kind for kind, _ in waiting(ours)] == ["issue_code", "disable_code"]
    with ours.unit("2025-02-12T13") as scope:
        code_is_gone(scope, "k1", Stage.EXPIRED)
    assert ours.amounts("ada") == (0, 100, 0, 0)
