"""Tidy: raw bodies and spent rows go when their time is over; what they led to stays."""

from datetime import timedelta

from sqlalchemy import delete, exists

from app.db import forgotten
from app.db.facts import forget_networks
from app.db.inbox import State
from app.db.tables import ConnectStateRow, InboxBodyRow, InboxRow, SignInLinkRow, TickRow
from app.db.unit import unit_of_work
from app.failpoints import Place, passed
from jobs.works import Works

QUARANTINE_KEPT = timedelta(days=90)
TICKS_KEPT = timedelta(days=40)


def tidy(works: Works) -> None:
    """Drop bodies kept long enough (90 days in quarantine), old ticks, links and states that ended, old networks."""
    now = works.clock()
    quarantined = exists().where(
        InboxRow.programme_id == InboxBodyRow.programme_id,
        InboxRow.shop_id == InboxBodyRow.shop_id,
        InboxRow.inbox_id == InboxBodyRow.inbox_id,
        InboxRow.state.in_((State.QUARANTINED.value, State.WAITING.value)),
    )
    with unit_of_work(works.engine) as session:
        session.execute(delete(InboxBodyRow).where(InboxBodyRow.received_at < now - works.bodies_kept, ~quarantined))
        session.execute(delete(InboxBodyRow).where(InboxBodyRow.received_at < now - QUARANTINE_KEPT))
        forget_networks(session, now)
        passed(Place.BODIES_DROPPED)
        forgotten.tidy(session, now)
        session.execute(delete(TickRow).where(TickRow.at < now - TICKS_KEPT))
        session.execute(delete(ConnectStateRow).where(ConnectStateRow.expires_at < now - timedelta(days=1)))
        session.execute(delete(SignInLinkRow).where(SignInLinkRow.expires_at < now - timedelta(days=1)))
