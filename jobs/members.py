"""Tend members: what falls due by time, a page of members of one programme after another."""

from uuid import UUID

from sqlalchemy import select

from app.actions.tend_members import due_members, tend_members
from app.db import programmes
from app.db.scope import Scope
from app.db.tables import MemberRow
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from jobs.works import Works

PAGE = 200
PAGE_SQLITE = 25


def tend(works: Works, programme_id: UUID) -> bool:
    """Do what is due for one page of members. True where there may be more."""
    limit = PAGE_SQLITE if works.engine.dialect.name == "sqlite" else PAGE
    now = works.clock()
    with unit_of_work(works.engine, programme_id) as session:
        scope = Scope(session, programme_id, now, works.cipher)
        page = due_members(scope, limit)
        if page:
            tend_members(scope, page)
            passed(Place.MEMBERS_TENDED)
    return len(page) == limit


def recalculate(works: Works, programme_id: UUID) -> int:
    """Judge every member again, page by page by id: heals whatever a missed moment left. Returns transactions made."""
    limit = PAGE_SQLITE if works.engine.dialect.name == "sqlite" else PAGE
    made, last = 0, UUID(int=0)
    with reading(works.engine, programme_id) as session:
        if programmes.row(session, programme_id).state == programmes.CLOSED:
            return made
    while True:
        with unit_of_work(works.engine, programme_id) as session:
            scope = Scope(session, programme_id, works.clock(), works.cipher)
            page = list(
                session.scalars(
                    select(MemberRow.member_id)
                    .where(MemberRow.programme_id == programme_id, MemberRow.member_id > last)
                    .order_by(MemberRow.member_id)
                    .limit(limit)
                )
            )
            if page:
                made += tend_members(scope, page)
        passed(Place.MEMBERS_JUDGED)
        if len(page) < limit:
            return made
        last = page[-1]
