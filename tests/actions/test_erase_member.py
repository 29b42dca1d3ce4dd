"""Forgetting a member: nothing tells who it was, nothing is left to spend, the books still balance."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text

from app.actions import conclude_redemption
from app.actions.adjust_points import adjust_points
from app.actions.erase_member import erase_member
from app.actions.write_note import Written, write_note
from app.db import members, privacy
from app.db.dossier import dossier
from app.db.notes import Reader
from app.db.tables import Base, DeedRow, IdentityRow, MemberRow, PersonRow
from app.loyalty.errors import MergedSinceError, UnknownMemberError
from app.loyalty.facts import Customer
from app.loyalty.ledger.books import Stage
from app.loyalty.terms.programme import Reward
from tests.factories.ciphers import CIPHER
from tests.factories.facts import birthday, order, refund, review, sign_up
from tests.factories.houses import House, house
from tests.factories.programmes import version

ADA = Customer("ada", "canary.lovelace@example.com", "Augusta Canary", "en")
CANARIES = ("canary.lovelace", "augusta canary", "canary-note")


def erase(ours: House, now: str, customer: str | None = None, *, again: str = "ada") -> bool:
    member_id = ours.member(customer or again)
    with ours.unit(now) as scope:
        return erase_member(scope, member_id, actor="staff", why="asked by letter")


def opened(ours: House) -> str:
    """Return everything in every table, what is sealed opened, in small letters."""
    told = []
    with ours.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(text(f"SELECT * FROM {table.name}")):  # noqa: S608
                for value in row:
                    seal = isinstance(value, bytes | memoryview) and bytes(value).startswith(b"gAAAA")
                    told.append(CIPHER.open(bytes(value)).decode() if seal else str(value))
    return "\n".join(told).casefold()


def test_nothing_tells_of_an_erased_person_and_the_books_balance(engine: Engine) -> None:
    ours = house(engine, version(pending_days=3))
    ours.settle(
        "2025-02-02", sign_up(ADA), order(customer=ADA, price="100.00"), review(customer=ADA), birthday("1990-05-01")
    )
    ours.settle("2025-02-20", order("o2", customer=ADA, paid="2025-02-20", price="30.00"))
    member_id = ours.member("ada")
    with ours.unit("2025-02-20") as scope:
        write_note(scope, member_id, Reader("staff", manager=True), Written(uuid4(), "canary-note: prefers calls"))
    assert ours.amounts("ada")[0] > 0
    assert ours.amounts("ada")[1] > 0
    assert all(canary in opened(ours) for canary in CANARIES)

    assert erase(ours, "2025-02-21")
    told = opened(ours)
    held_back = json.dumps(ADA.email)  # sealed with the duty until no delivery names it
    assert told.count(CANARIES[0]) == told.count(held_back.strip('"').casefold()) == 1
    with ours.unit("2025-02-21") as scope:
        [duty] = privacy.listed(scope)
        privacy.finish(duty, scope.now)
    assert not any(canary in opened(ours) for canary in CANARIES)
    assert ours.amounts(member_id) == (0, 0, 0, 0)
    assert ours.breaches() == []


def test_what_was_erased_is_told_of_who_did_it_and_why_and_once(engine: Engine) -> None:
    ours = house(engine)
    ours.settle("2025-02-02", order(customer=ADA))
    member_id = ours.member("ada")
    assert erase(ours, "2025-02-03")
    with ours.unit("2025-02-04") as scope:
        assert erase_member(scope, member_id, actor="staff", why="again") is False
    with ours.reading() as scope:
        [deed] = scope.session.scalars(select(DeedRow).where(DeedRow.programme_id == ours.programme_id))
    assert (deed.actor, deed.what, deed.subject, deed.why) == (
        "staff", "erase_member", f"member:{member_id}", "asked by letter",
    )  # fmt: skip


def test_a_refund_after_erasing_leaves_neither_points_nor_debt(engine: Engine) -> None:
    ours = house(engine)
    ours.settle("2025-02-02", order(customer=ADA, price="100.00"))
    member_id = ours.member("ada")
    erase(ours, "2025-02-03")
    returned = order(customer=ADA, price="100.00", updated="2025-02-05", refunds=[refund("2025-02-05", "100.00")])
    ours.settle("2025-02-05", returned)
    assert ours.amounts(member_id) == (0, 0, 0, 0)
    assert ours.breaches() == []


def test_a_live_code_is_disabled_and_its_points_end_when_it_is_gone(engine: Engine) -> None:
    ours = house(engine, version(rewards=[Reward("r", 30)]))
    ours.settle("2025-02-02", order(customer=ADA, price="100.00"))
    ours.redeem("2025-02-03", "ada", "k1")
    member_id = ours.member("ada")
    with ours.unit("2025-02-03") as scope:
        conclude_redemption.code_is_live(scope, "k1", "x1")
    erase(ours, "2025-02-04")
    held = ours.amounts(member_id)[2]
    assert held > 0
    assert ours.redemption("k1").stage == Stage.RETURNING.value
    with ours.unit("2025-02-04") as scope:
        conclude_redemption.code_is_gone(scope, "k1", Stage.RETURNED)
    assert ours.amounts(member_id) == (0, 0, 0, 0)
    assert ours.breaches() == []


def test_old_facts_that_come_late_bring_nobody_back_and_new_ones_make_somebody_new(engine: Engine) -> None:
    ours = house(engine)
    ours.settle("2025-02-02", sign_up(ADA), order(customer=ADA, price="100.00"))
    gone = ours.member("ada")
    erase(ours, "2025-02-10")
    ours.settle(
        "2025-02-11", sign_up(ADA), order("o0", customer=ADA, paid="2025-01-30"), order(customer=ADA, price="100.00"),
        review(customer=ADA),
    )  # fmt: skip
    with ours.reading() as scope:
        assert members.find(scope, ours.shop_id, ["ada"]) == {}
    ours.settle("2025-02-12", order("o9", customer=ADA, paid="2025-02-12", price="10.00"))
    new = ours.member("ada")
    assert new != gone
    ours.settle("2025-02-13", order(customer=ADA, price="100.00", updated="2025-02-13"))
    assert ours.amounts(gone) == (0, 0, 0, 0)
    assert ours.shown(new)["totals"]["issued"] == 10
    assert ours.breaches() == []


def test_whoever_was_merged_into_the_erased_goes_with_them_and_comes_back_to_nobody(engine: Engine) -> None:
    ours = house(engine)
    twin = Customer("twin", "canary.lovelace@example.org", "Augusta Canary")
    ours.settle("2025-02-02", order(customer=ADA), order("o2", customer=twin))
    lost, kept = ours.member("twin"), ours.member("ada")
    ours.merge("2025-02-03", "ada", "twin")
    erase(ours, "2025-02-04")
    with ours.reading() as scope:
        left = scope.session.scalars(select(PersonRow).where(PersonRow.programme_id == ours.programme_id)).all()
        named = scope.session.scalars(select(IdentityRow).where(IdentityRow.programme_id == ours.programme_id)).all()
    assert {(row.name_sealed, row.email_sealed, row.email_hash) for row in left} == {(None, None, None)}
    assert named == []
    assert ours.amounts(lost) == ours.amounts(kept) == (0, 0, 0, 0)
    with pytest.raises(MergedSinceError):
        ours.unmerge("2025-02-05", lost)


def test_nothing_can_be_asked_in_the_name_of_an_erased_member(engine: Engine) -> None:
    ours = house(engine)
    ours.settle("2025-02-02", order(customer=ADA, price="100.00"))
    member_id = ours.member("ada")
    erase(ours, "2025-02-03")
    with ours.reading() as scope:
        link = scope.session.scalar(select(MemberRow.referral_code).where(MemberRow.member_id == member_id))
    assert link
    request = ours.request("k1", "adjust", member_id, amount=5)
    with ours.unit("2025-02-04") as scope:
        assert adjust_points(scope, request, 5).refused == UnknownMemberError.code


def test_another_programmes_member_cannot_be_erased(engine: Engine) -> None:
    ours, theirs = house(engine), house(engine)
    theirs.settle("2025-02-02", order(customer=ADA))
    member_id = theirs.member("ada")
    with pytest.raises(UnknownMemberError), ours.unit("2025-02-03") as scope:
        erase_member(scope, member_id, actor="staff", why="mistake")
    assert theirs.row(member_id).erased_at is None


def test_a_dossier_holds_everything_that_is_kept_and_nothing_of_others(engine: Engine) -> None:
    ours = house(engine, version(rewards=[Reward("r", 30)]))
    ben = Customer("ben", "ben@example.com", "Ben")
    ours.settle(
        "2025-02-02", sign_up(ADA), order(customer=ADA, price="100.00"), review(customer=ADA), order("o2", customer=ben)
    )
    ours.redeem("2025-02-03", "ada", "k1")
    with ours.reading() as scope:
        told = dossier(scope, ours.member("ada"))
        assert dossier(scope, members.new_id()) is None
    assert told is not None
    kept = told["kept"]
    assert (kept["people"][0]["name"], kept["people"][0]["email"]) == (ADA.name, ADA.email)
    assert [row["order_id"] for row in kept["orders"]] == ["o1"]
    assert [row["redemption_id"] for row in kept["redemptions"]] == ["k1"]
    assert sum(row["amount"] for row in kept["balances"]) == 0
    assert {"identities", "reviews", "postings", "transactions", "requests"} <= kept.keys()
    whole = json.dumps(told)
    assert "ben@example.com" not in whole
    assert "_hash" not in whole
