"""Levels by invitation: given and withdrawn by hand, each once, with who and why."""

from datetime import datetime

from sqlalchemy import Engine, select

from app.actions.answers import Answer
from app.actions.invite_member import invite_member, withdraw_invitation
from app.db.tables import DeedRow
from app.loyalty.terms.ladder import Entry, Level
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ladder, version

TIERS = ladder(Level("bronze", 1000), Level("circle", 0, (3, 1), entry=Entry.INVITED))


def _invite(ours: House, now: str, key: str = "i1", level: str = "circle", until: datetime | None = None) -> Answer:
    request = ours.request(key, "tier_invite", ours.member("ada"), level=level, until=until)
    with ours.unit(now) as scope:
        return invite_member(scope, request, level, until)


def _withdraw(ours: House, now: str, key: str = "w1", invitation: str = "i1") -> Answer:
    request = ours.request(key, "tier_withdraw", ours.member("ada"), invitation=invitation)
    with ours.unit(now) as scope:
        return withdraw_invitation(scope, request, invitation)


def test_an_invited_member_has_the_level_at_once_and_earns_by_it(db: Engine) -> None:
    ours = house(db, version(tiers=TIERS))
    ours.join("ada")
    assert _invite(ours, "2025-02-01").refused is None
    ours.settle("2025-02-03", order(paid="2025-02-02"))

    assert ours.row("ada").tier == "circle"
    assert ours.amounts("ada") == (0, 30, 0, 0)


def test_an_invitation_ends_when_it_says_and_the_member_is_looked_at_then(db: Engine) -> None:
    ours = house(db, version(tiers=TIERS))
    ours.join("ada")
    _invite(ours, "2025-02-01", until=instant("2025-03-01T00"))
    row = ours.row("ada")
    assert (row.tier, row.held_until, row.due_at) == ("circle", instant("2025-03-01T00"), instant("2025-03-01T00"))

    ours.tend("2025-03-01T00")

    assert (ours.row("ada").tier, ours.row("ada").held_until) == (None, None)


def test_a_withdrawn_invitation_ends_now(db: Engine) -> None:
    ours = house(db, version(tiers=TIERS))
    ours.join("ada")
    _invite(ours, "2025-02-01")
    assert _withdraw(ours, "2025-02-05").refused is None

    assert ours.row("ada").tier is None
    assert _withdraw(ours, "2025-02-06", "w2").refused == "UNKNOWN_INVITATION"


def test_repeats_do_nothing_and_who_did_it_is_kept_once(db: Engine) -> None:
    ours = house(db, version(tiers=TIERS))
    ours.join("ada")
    for now in ("2025-02-01", "2025-02-02"):
        _invite(ours, now)
    for now in ("2025-02-05", "2025-02-06"):
        assert _withdraw(ours, now).refused is None

    with ours.reading() as scope:
        deeds = scope.session.scalars(
            select(DeedRow).where(DeedRow.programme_id == ours.programme_id).order_by(DeedRow.at)
        ).all()
    assert [(deed.what, deed.actor, deed.why, deed.detail["level"]) for deed in deeds] == [
        ("invite_member", "staff", "because", "circle"),
        ("withdraw_invitation", "staff", "because", "circle"),
    ]


def test_nobody_is_invited_to_a_level_that_is_earned_or_unknown(db: Engine) -> None:
    ours = house(db, version(tiers=TIERS))
    ours.join("ada")

    refused = [_invite(ours, "2025-02-01", f"i-{level}", level) for level in ("bronze", "platinum")]

    assert [(answer.refused, dict(answer.numbers)) for answer in refused] == [
        ("NOT_INVITABLE", {"level": "bronze"}),
        ("NOT_INVITABLE", {"level": "platinum"}),
    ]
