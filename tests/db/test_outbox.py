"""The outbox gives out the oldest unfinished effect of a subject, to one worker, for a while."""

from sqlalchemy import Engine, select

from app.db import outbox
from app.db.outbox import LEASE, Claim, EffectKind
from app.db.tables import OutboxRow
from app.db.unit import unit_of_work
from tests.factories.houses import House, house
from tests.factories.instants import instant

NOW = instant("2025-03-01T12")


def wish(shop: House, subject: str, kind: EffectKind = EffectKind.ISSUE_CODE) -> None:
    """Put a wish into the outbox."""
    with shop.unit("2025-03-01T12") as scope:
        outbox.put(scope, shop.shop_id, kind, subject, {"redemption": subject})


def claim(shop: House, *, later: int = 0, owner: str = "one") -> list[Claim]:
    """Claim what is due, so many leases later."""
    with unit_of_work(shop.engine) as session:
        key = (shop.programme_id, shop.shop_id)
        return list(outbox.claim(session, *key, owner=owner, now=NOW + later * LEASE, limit=10))


def states(shop: House) -> list[tuple[str, str]]:
    """Return subject and state of every effect, oldest first."""
    with shop.reading() as scope:
        query = select(OutboxRow).where(OutboxRow.programme_id == shop.programme_id).order_by(OutboxRow.effect_id)
        return [(row.subject, row.state) for row in scope.session.scalars(query)]


def test_disabling_a_code_never_overtakes_issuing_it(db: Engine) -> None:
    shop = house(db)
    wish(shop, "redemption:k1", EffectKind.ISSUE_CODE)
    wish(shop, "redemption:k1", EffectKind.DISABLE_CODE)
    wish(shop, "redemption:k2", EffectKind.ISSUE_CODE)

    first = claim(shop)
    assert [(each.subject, each.kind) for each in first] == [
        ("redemption:k1", EffectKind.ISSUE_CODE),
        ("redemption:k2", EffectKind.ISSUE_CODE),
    ]

    with unit_of_work(db) as session:
        assert outbox.done(session, first[0], NOW)
    assert [each.kind for each in claim(shop)] == [EffectKind.DISABLE_CODE]


def test_a_leased_effect_is_nobody_elses_until_the_lease_ends(db: Engine) -> None:
    shop = house(db)
    wish(shop, "redemption:k1")

    assert len(claim(shop)) == 1
    assert claim(shop, owner="other") == []
    assert len(claim(shop, later=1, owner="other")) == 1


def test_who_lost_the_lease_cannot_record_anything(db: Engine) -> None:
    shop = house(db)
    wish(shop, "redemption:k1")
    (slow,) = claim(shop)
    (quick,) = claim(shop, later=1, owner="other")

    with unit_of_work(db) as session:
        assert not outbox.done(session, slow, NOW)
        assert not outbox.failed(session, slow, NOW, error="LATE", retry_at=None)
        assert outbox.done(session, quick, NOW)
    assert states(shop) == [("redemption:k1", "done")]


def test_a_failed_try_waits_until_its_next_one(db: Engine) -> None:
    shop = house(db)
    wish(shop, "redemption:k1")
    (first,) = claim(shop)
    with unit_of_work(db) as session:
        outbox.failed(session, first, NOW, error="AWAY", retry_at=NOW + 2 * LEASE)

    assert claim(shop, later=1) == []
    (again,) = claim(shop, later=2)
    assert (again.attempts, again.fence) == (2, 2)


def test_an_effect_that_failed_for_good_lets_the_next_one_of_its_subject_pass(db: Engine) -> None:
    shop = house(db)
    wish(shop, "redemption:k1", EffectKind.ISSUE_CODE)
    wish(shop, "redemption:k1", EffectKind.DISABLE_CODE)
    (first,) = claim(shop)
    with unit_of_work(db) as session:
        outbox.failed(session, first, NOW, error="CODE_TAKEN", retry_at=None)

    assert [each.kind for each in claim(shop)] == [EffectKind.DISABLE_CODE]
    assert states(shop)[0] == ("redemption:k1", "failed")


def test_the_same_wish_waits_once_for_a_subject(db: Engine) -> None:
    shop = house(db)
    wishes = {"member:a": {"member": "a"}, "member:b": {"member": "b"}}
    with shop.unit("2025-03-01T12") as scope:
        outbox.put_once(scope, shop.shop_id, EffectKind.SYNC_MEMBER, wishes)
        outbox.put_once(scope, shop.shop_id, EffectKind.SYNC_MEMBER, wishes)

    assert sorted(states(shop)) == [("member:a", "waiting"), ("member:b", "waiting")]


def test_two_shops_do_not_see_each_others_effects(db: Engine) -> None:
    one, other = house(db), house(db)
    wish(one, "redemption:k1")

    assert claim(other) == []
    assert len(claim(one)) == 1
