"""Many at once on real databases: a point is spent once, a key is answered once, a person is one member."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine, Select, event, func, select
from sqlalchemy.exc import DBAPIError

from app.db import memberfiles, members, unit
from app.db.memberfiles import MemberFile
from app.db.tables import IdentityRow, MemberRow, RedemptionRow
from app.loyalty.facts import Customer, Fact
from app.loyalty.terms.programme import Reward
from tests.factories.facts import order, referral, refund, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version

ALARM = "alarm"


def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
    """Start all calls together; what the database refuses counts as an alarm."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return call()
        except DBAPIError:
            return ALARM

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def rich(db: Engine) -> House:
    ours = house(db, version(rewards=[Reward("r", 30)]))
    ours.settle("2025-02-01T13", order(price="100.00"))
    return ours


def test_of_twenty_who_ask_30_of_100_points_at_once_exactly_three_get_them(db: Engine) -> None:
    ours = rich(db)
    answers = at_once([lambda key=f"k{n}": ours.redeem("2025-02-02", "ada", key).refused for n in range(20)])  # type: ignore[misc]
    assert Counter(answers) == {None: 3, "INSUFFICIENT_POINTS": 17}
    assert ours.amounts("ada") == (0, 10, 90, 0)
    assert ours.breaches() == []


def _without_row_locks(monkeypatch: pytest.MonkeyPatch, readers: int) -> None:
    """Take the member's lock away and let everybody read before anybody writes."""
    everybody_has_read = Barrier(readers, timeout=10)
    load = memberfiles.load

    def load_and_wait(*arguments: object) -> dict[object, MemberFile]:
        files: dict[object, MemberFile] = load(*arguments)  # type: ignore[arg-type, assignment]
        everybody_has_read.wait()
        return files

    monkeypatch.setattr(Select, "with_for_update", lambda statement, **_: statement)
    monkeypatch.setattr(memberfiles, "load", load_and_wait)


def test_without_the_lock_the_primary_key_is_the_alarm_so_the_lock_is_what_holds(
    db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the test above can fail: eight read the same 100 points, and the tables refuse all but one."""
    ours = rich(db)
    _without_row_locks(monkeypatch, 8)
    if db.dialect.name == "sqlite":
        # Its lock is the one writer: units begin as if they only read.
        event.remove(db, "begin", unit._begin_sqlite)
        event.listen(db, "begin", _begin_like_a_reader)
    try:
        answers = at_once([lambda key=f"k{n}": ours.redeem("2025-02-02", "ada", key).refused for n in range(8)])  # type: ignore[misc]
    finally:
        if db.dialect.name == "sqlite":
            event.remove(db, "begin", _begin_like_a_reader)
            event.listen(db, "begin", unit._begin_sqlite)
    assert Counter(answers) == {None: 1, ALARM: 7}
    assert ours.amounts("ada") == (0, 70, 30, 0)


def _begin_like_a_reader(connection: object) -> None:
    connection.exec_driver_sql("BEGIN")  # type: ignore[attr-defined]


def test_ten_repeats_of_one_request_at_once_are_one_redemption(db: Engine) -> None:
    ours = rich(db)
    answers = at_once([lambda: ours.redeem("2025-02-02", "ada", "k1", code="KZ-1")] * 10)
    assert Counter(answer.repeated for answer in answers) == {False: 1, True: 9}  # type: ignore[attr-defined]
    assert ours.amounts("ada") == (0, 70, 30, 0)
    with ours.reading() as scope:
        kept = scope.session.scalar(select(func.count()).where(RedemptionRow.programme_id == ours.programme_id))
    assert kept == 1


def test_one_key_for_two_members_at_once_is_answered_to_one(db: Engine) -> None:
    ours = rich(db)
    ours.settle("2025-02-01T13", order("o2", "100.00", customer="ben"))
    answers = at_once([lambda name=name: ours.redeem("2025-02-02", name, "k1").refused for name in ("ada", "ben")])  # type: ignore[misc]
    assert answers.count(None) == 1
    assert set(answers) <= {None, "KEY_REUSED", ALARM}
    assert ours.amounts("ada")[2] + ours.amounts("ben")[2] == 30
    assert ours.breaches() == []


def test_many_who_hear_of_a_person_at_once_make_one_member(db: Engine) -> None:
    ours = house(db)
    customers = {name: Customer(name, f"{name}@example.com") for name in ("ada", "ben", "cas")}

    def hear() -> dict[str, object]:
        with ours.unit("2025-02-01") as scope:
            return dict(members.find_or_make(scope, ours.shop_id, customers))

    answers = at_once([hear] * 12)
    assert all(answer == answers[0] for answer in answers)
    with ours.reading() as scope:
        counts = [
            scope.session.scalar(select(func.count()).where(table.programme_id == ours.programme_id))
            for table in (MemberRow, IdentityRow)
        ]
    assert counts == [3, 3]


def test_news_of_one_member_at_once_from_many_workers_end_like_one_after_the_other(db: Engine) -> None:
    """Orders, refunds, a referral and redemptions race; what is left is what the facts deserve."""
    ours = rich(db)
    bought = [order(f"x{n}", "10.00", paid="2025-02-01T14") for n in range(6)]
    four = (refund("2025-02-01T15", "4.00"),)
    returned = [replace(each, updated_at=instant("2025-02-01T15"), refunds=four) for each in bought]
    pages: list[list[Fact]] = [[each] for each in (*bought, *returned)]
    pages += [[sign_up("ben"), referral()], [order("b1", "50.00", customer="ben")]]

    def tell(page: list[Fact]) -> Callable[[], object]:
        def call() -> object:
            for _ in range(5):
                try:
                    return ours.settle("2025-02-02", *page)
                except (unit.OvertakenError, DBAPIError):
                    continue
            raise AssertionError(page)

        return call

    at_once([tell(page) for page in pages])
    assert ours.amounts("ada") == (0, 136, 0, 0)
    assert ours.amounts("ben") == (0, 50, 0, 0)
    assert ours.breaches() == []


def test_two_clocks_that_tend_at_once_release_once(db: Engine) -> None:
    ours = house(db, version(pending_days=1))
    ours.settle("2025-02-01T13", *(order(f"o{n}", "10.00", customer=f"c{n}") for n in range(5)))
    made = at_once([lambda: ours.tend("2025-02-02T13")] * 4)
    assert sum(number for number in made if isinstance(number, int)) == 5
    assert [ours.amounts(f"c{n}") for n in range(5)] == [(0, 10, 0, 0)] * 5
