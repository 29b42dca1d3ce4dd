"""What the machine looks with sees what is wrong, and whoever is to die does."""

from sqlalchemy import Engine, update

from app.db.tables import BalanceRow, MemberRow
from app.db.unit import unit_of_work
from app.failpoints import Place
from tests.machine.life import Life


def test_who_is_to_die_dies_once_and_what_was_asked_is_done_once(db: Engine) -> None:
    life = Life.begin(db, 1)
    for number, place in enumerate((Place.MEMBERS_LOCKED, Place.WISHES_WRITTEN, Place.POSTINGS_WRITTEN), 1):
        life.die_at(place, 1)
        life.step({"do": "adjust", "id": f"q{number}", "member": "ada", "amount": 8})
        assert life.deaths == number
    assert life.oracle.account("ada").books.amount("available") == 34
    assert life.differences() == life.breaches() == []


def test_a_delivery_nobody_heard_of_is_found_by_the_sweep_and_counts_once(db: Engine) -> None:
    life = Life.begin(db, 1)
    life.queue_empty = True
    life.tell("sign_up", {"member": "ada", "at": life.now.isoformat()})
    assert not life.queue_empty
    assert life.differences() == life.breaches() == []


def test_what_a_shop_that_was_away_missed_is_asked_for_when_it_is_back(db: Engine) -> None:
    life = Life.begin(db, 1)
    life.leave("s1")
    life.tell("event", {"id": "e1", "member": "ada", "event": "share", "at": life.now.isoformat()})
    assert "e1" not in life.oracle.world.events
    life.come_back("s1")
    assert "e1" in life.oracle.world.events
    assert life.differences() == []


def test_a_balance_that_was_touched_is_seen_by_the_auditor_and_beside_the_oracle(db: Engine) -> None:
    life = Life.begin(db, 1)
    whose = (BalanceRow.programme_id == life.lived.programme_id) & (BalanceRow.member_id == life.lived.people["ada"])
    with unit_of_work(db) as session:
        session.execute(update(BalanceRow).where(whose, BalanceRow.account == "available").values(amount=11))
    (breach,) = [told for told in life.breaches() if told.startswith("L5")]
    assert "postings say 10, balance says 11" in breach
    assert "ada: available should be 10, is 11" in life.differences()


def test_a_level_that_was_touched_is_seen_beside_the_oracle(db: Engine) -> None:
    life = Life.begin(db, 1)
    with unit_of_work(db) as session:
        session.execute(
            update(MemberRow)
            .where(MemberRow.programme_id == life.lived.programme_id, MemberRow.member_id == life.lived.people["ben"])
            .values(tier="platinum")
        )
    assert life.differences() == ["ben: tier should be None, is platinum"]
