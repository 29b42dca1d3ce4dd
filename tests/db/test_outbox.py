"""The outbox: a wish is carried out by one worker at a time, the oldest of a subject first, and recorded once."""

import pytest
from sqlalchemy import Engine, select

from app.db import outbox
from app.db.outbox import LEASE, Claim, EffectKind
from app.db.tables import OutboxRow
from app.db.unit import make_engine
from tests.factories.houses import House, house
from tests.factories.instants import instant

NOW = instant("2025-02-01")


def wish(ours: House, subject: str, kind: EffectKind = EffectKind.ISSUE_CODE) -> None:
    with ours.unit("2025-02-01") as scope:
        outbox.put(scope, ours.shop_id, kind, subject, {"of": subject})


def claim(ours: House, now: str = "2025-02-01", owner: str = "w1", limit: int = 10) -> list[Claim]:
    with ours.unit(now) as scope:
        return list(
            outbox.claim(scope.session, ours.programme_id, ours.shop_id, owner=owner, now=scope.now, limit=limit)
        )


def subjects(claims: list[Claim]) -> list[tuple[str, str]]:
    return [(each.kind.value, each.subject) for each in claims]


def state(ours: House, claim: Claim) -> tuple[str, str | None]:
    with ours.reading() as scope:
        row = scope.session.get(OutboxRow, (claim.programme_id, claim.shop_id, claim.effect_id))
        assert row is not None
        return row.state, row.error


def test_only_the_oldest_unfinished_wish_of_a_subject_may_be_claimed(db: Engine) -> None:
    ours = house(db)
    wish(ours, "a")
    wish(ours, "a", EffectKind.DISABLE_CODE)
    wish(ours, "b")
    first = claim(ours)
    assert subjects(first) == [("issue_code", "a"), ("issue_code", "b")]
    assert claim(ours) == []
    with ours.unit("2025-02-01") as scope:
        assert outbox.done(scope.session, first[0], NOW)
    assert subjects(claim(ours)) == [("disable_code", "a")]


def test_a_wish_that_waits_for_its_next_try_holds_back_the_later_one(db: Engine) -> None:
    ours = house(db)
    wish(ours, "a")
    wish(ours, "a", EffectKind.DISABLE_CODE)
    [first] = claim(ours)
    with ours.unit("2025-02-01") as scope:
        outbox.failed(scope.session, first, NOW, error="HTTP_500", retry_at=instant("2025-02-01T12:05:00"))
    assert claim(ours, "2025-02-01T12:04:59") == []
    [again] = claim(ours, "2025-02-01T12:05:00")
    assert (again.kind, again.attempts) == (EffectKind.ISSUE_CODE, 2)


def test_a_wish_given_up_lets_the_later_one_pass(db: Engine) -> None:
    ours = house(db)
    wish(ours, "a")
    wish(ours, "a", EffectKind.DISABLE_CODE)
    [first] = claim(ours)
    with ours.unit("2025-02-01") as scope:
        outbox.failed(scope.session, first, NOW, error="GONE", retry_at=None)
    assert state(ours, first) == ("failed", "GONE")
    assert subjects(claim(ours)) == [("disable_code", "a")]


def test_a_lease_keeps_others_away_until_it_ends(db: Engine) -> None:
    ours = house(db)
    wish(ours, "a")
    [first] = claim(ours, owner="w1")
    assert claim(ours, owner="w2") == []
    late = (NOW + LEASE).isoformat()
    [second] = claim(ours, late, owner="w2")
    assert (second.effect_id, second.fence) == (first.effect_id, first.fence + 1)


def test_the_fence_keeps_out_the_worker_whose_lease_ended(db: Engine) -> None:
    ours = house(db)
    wish(ours, "a")
    [first] = claim(ours, owner="w1")
    [second] = claim(ours, (NOW + LEASE).isoformat(), owner="w2")
    with ours.unit("2025-02-01") as scope:
        assert not outbox.done(scope.session, first, NOW)
        assert not outbox.failed(scope.session, first, NOW, error="LATE", retry_at=None)
    assert state(ours, second) == ("waiting", None)
    with ours.unit("2025-02-01") as scope:
        assert outbox.done(scope.session, second, NOW)
        assert not outbox.done(scope.session, second, NOW)
    assert state(ours, second) == ("done", None)


def test_what_a_worker_is_claiming_no_other_worker_is_given(postgres_engine: Engine) -> None:
    ours = house(postgres_engine)
    for subject in "abcd":
        wish(ours, subject)
    other = House(make_engine(str(postgres_engine.url)), ours.programme_id, ours.shop_id)
    with ours.unit("2025-02-01") as scope:
        mine = outbox.claim(scope.session, ours.programme_id, ours.shop_id, owner="w1", now=NOW, limit=2)
        assert [each.subject for each in mine] == ["a", "b"]
        assert [each.subject for each in claim(other, owner="w2")] == ["c", "d"]
    other.engine.dispose()


def test_wishing_once_more_what_already_waits_adds_nothing(db: Engine) -> None:
    ours = house(db)
    for _ in range(2):
        with ours.unit("2025-02-01") as scope:
            outbox.put_once(scope, ours.shop_id, EffectKind.SYNC_MEMBER, {"a": {"of": "a"}, "b": {"of": "b"}})
    claims = claim(ours)
    assert subjects(claims) == [("sync_member", "a"), ("sync_member", "b")]
    with ours.unit("2025-02-01") as scope:
        outbox.done(scope.session, claims[0], NOW)
        outbox.put_once(scope, ours.shop_id, EffectKind.SYNC_MEMBER, {"a": {"of": "a"}, "b": {"of": "b"}})
    with ours.reading() as scope:
        rows = scope.session.scalars(select(OutboxRow).where(OutboxRow.programme_id == ours.programme_id)).all()
    assert sorted((row.subject, row.state) for row in rows) == [("a", "done"), ("a", "waiting"), ("b", "waiting")]


@pytest.mark.parametrize("now", ("2025-02-01T12:00:00", "2025-02-01T13:00:00"))
def test_the_sweep_sees_every_shop_that_has_something_to_do(db: Engine, now: str) -> None:
    ours = house(db)
    wish(ours, "a")
    [first] = claim(ours)
    with ours.unit("2025-02-01") as scope:
        outbox.failed(scope.session, first, NOW, error="HTTP_500", retry_at=instant("2025-02-01T13:00:00"))
    with ours.reading() as scope:
        waiting = outbox.shops_waiting(scope.session, instant(now))
    assert ((ours.programme_id, ours.shop_id) in waiting) is (now == "2025-02-01T13:00:00")


def test_two_shops_do_not_see_each_others_wishes(db: Engine) -> None:
    ours, theirs = house(db), house(db)
    wish(ours, "a")
    assert claim(theirs) == []
    assert len(claim(ours)) == 1
