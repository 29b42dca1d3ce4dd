"""Two workers on PostgreSQL, one a step ahead: what was read before the locks is looked at again under them."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, insert

from app.actions import settle_facts as settling
from app.db.tables import OrderRow, ReferralRow
from app.db.unit import OvertakenError, make_engine
from app.loyalty.facts import Customer, Fact
from app.loyalty.terms.rules import ReferralRule, SignUpRule
from tests.factories.facts import order, referral, refund, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, version

EARN = (ONE_PER_EURO, SignUpRule(100), ReferralRule(500, 0, 0))
OLD = order(price="10.00", updated="2025-02-01T13")
NEW = order(price="10.00", updated="2025-02-01T14", refunds=[refund("2025-02-01T14", "4.00")])


@pytest.fixture
def ours(postgres_engine: Engine) -> House:
    return house(postgres_engine, version(earn=EARN))


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen in another unit after the page was read and before its members are locked."""

    def arrange(happens: Callable[[], object]) -> None:
        concerned = settling._concerned
        waiting = [happens]

        def read_then(*arguments: object) -> set[object]:
            found: set[object] = concerned(*arguments)  # type: ignore[arg-type, assignment]
            if waiting:
                waiting.pop()()
            return found

        monkeypatch.setattr(settling, "_concerned", read_then)

    return arrange


Arrange = Callable[[Callable[[], object]], None]


def test_a_newer_snapshot_that_got_in_between_stays(ours: House, meanwhile: Arrange) -> None:
    ours.join("ada")
    meanwhile(lambda: ours.settle("2025-02-02", NEW))
    [outcome] = ours.settle("2025-02-02", OLD)
    assert outcome.reason == "OLDER"
    assert ours.amounts("ada") == (0, 6, 0, 0)


def test_a_newer_snapshot_of_a_known_order_that_got_in_between_stays(ours: House, meanwhile: Arrange) -> None:
    ours.settle("2025-02-02", order(price="10.00"))
    meanwhile(lambda: ours.settle("2025-02-02", NEW))
    [outcome] = ours.settle("2025-02-02", OLD)
    assert outcome.reason == "OLDER"
    assert ours.amounts("ada") == (0, 6, 0, 0)


def overtaken(ours: House, *facts: Fact) -> None:
    """The page rolls back whole; done again it ends well."""
    with pytest.raises(OvertakenError):
        ours.settle("2025-02-02", *facts)
    ours.settle("2025-02-02", *facts)


def test_an_order_that_changed_its_member_in_between_is_done_again(ours: House, meanwhile: Arrange) -> None:
    ours.settle("2025-02-02", order(price="10.00"))
    ours.join("ben")
    meanwhile(lambda: ours.settle("2025-02-02", order(price="10.00", updated="2025-02-01T13", customer="ben")))
    overtaken(ours, NEW)
    assert (ours.amounts("ada"), ours.amounts("ben")) == ((0, 6, 0, 0), (0, 0, 0, 0))
    assert ours.breaches() == []


def test_a_referral_told_in_between_reaches_its_advocate(ours: House, meanwhile: Arrange) -> None:
    ours.join("ada", "ben")
    meanwhile(lambda: ours.settle("2025-02-02", referral()))
    overtaken(ours, order("b1", "20.00", customer="ben"))
    assert ours.amounts("ada") == (0, 500, 0, 0)


def test_a_guest_who_opened_an_account_in_between_is_that_account(ours: House, meanwhile: Arrange) -> None:
    guest, account = Customer(None, "ada@example.com"), Customer("7", "ada@example.com")
    ours.settle("2025-02-02", order("g1", customer=guest))
    meanwhile(lambda: ours.settle("2025-02-02", sign_up(account)))
    overtaken(ours, order("g2", customer=guest))
    assert ours.amounts("7") == (0, 120, 0, 0)


def test_of_two_who_pay_with_one_friends_code_the_first_is_the_friend(ours: House, meanwhile: Arrange) -> None:
    ours.join("ada", "ben", "cas")
    with ours.unit("2025-01-20") as scope:
        scope.session.execute(
            insert(ReferralRow).values(
                programme_id=ours.programme_id, referral_id="f1", shop_id=ours.shop_id, advocate_id=ours.member("ada"),
                at=instant("2025-01-20"), code="FRIEND", code_state="issued",
            )
        )  # fmt: skip
    paid = [order(f"f{name}", "20.00", customer=name, codes=[("FRIEND", "0")]) for name in ("ben", "cas")]
    meanwhile(lambda: ours.settle("2025-02-02", paid[0]))
    ours.settle("2025-02-02", paid[1])
    with ours.reading() as scope:
        found = scope.session.get(ReferralRow, (ours.programme_id, "f1"))
        assert found is not None
        assert found.friend_id == ours.member("ben")


def test_what_the_session_remembers_of_a_row_is_not_asked_under_the_lock(ours: House) -> None:
    """A reader holds on to a row; another unit changes it; a sitting in the reader's unit sees the change."""
    ours.settle("2025-02-02", order(price="10.00"))
    with ours.unit("2025-02-03") as scope:
        kept = scope.session.get(OrderRow, (ours.programme_id, ours.shop_id, "o1"))
        assert kept is not None
        other = House(make_engine(str(ours.engine.url)), ours.programme_id, ours.shop_id)
        other.settle("2025-02-02", NEW)
        other.engine.dispose()
        [outcome] = settling.settle_facts(scope, ours.shop_id, [OLD])
        assert (outcome.reason, kept.updated_at) == ("OLDER", instant("2025-02-01T14"))
    assert ours.amounts("ada") == (0, 6, 0, 0)
