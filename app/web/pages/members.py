"""The roll of members: search, levels, pages by key."""

from dataclasses import dataclass
from uuid import UUID

from flask import request, url_for
from markupsafe import Markup

from app.db.roll import Line, Wanted, count, roll
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean, reading_desk
from app.web.pages.people import letters, name
from app.web.policy import ShopFrom, Who, policy

_TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class Tab:
    """A level as a view of the roll."""

    label: Markup
    number: int
    address: str
    here: bool


@pages.get("/members")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def members() -> str:
    """List members, the newest first."""
    text = clean(request.args.get("q"), _TEXT_MAX)
    level = clean(request.args.get("tier"), _TEXT_MAX) or None
    with reading_desk() as desk:
        words = desk.words
        wanted = Wanted(text, level, _id(request.args.get("after")), _id(request.args.get("before")))
        found = roll(desk.scope, wanted)
        total, levels = count(desk.scope)
        return show(
            desk,
            "members.html",
            here="pages.members",
            title=str(words("place.members")),
            text=text,
            level=level,
            total=total,
            tabs=_tabs(desk, total, levels, level, text),
            top=_top(desk),
            lines=found.lines,
            attention=lambda line: _attention(desk, line),
            name=lambda line: name(words, line.person),
            letters=letters,
            unread=found.unread,
            older=url_for("pages.members", q=text or None, tier=level, after=found.older) if found.older else None,
            newer=url_for("pages.members", q=text or None, tier=level, before=found.newer) if found.newer else None,
            first=wanted.after is None and wanted.before is None,
        )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _tabs(desk: Desk, total: int, levels: dict[str | None, int], level: str | None, text: str) -> list[Tab]:
    """Return the levels of the version in force, the highest first, and those members still hold besides."""
    ladder = desk.version.tiers if desk.version is not None else None
    known = [step.id for step in reversed(ladder.levels)] if ladder is not None else []
    known += sorted(found for found in levels if found is not None and found not in known)
    tabs = [Tab(desk.words("members.all"), total, url_for("pages.members", q=text or None), level is None)]
    for one in known:
        address = url_for("pages.members", tier=one, q=text or None)
        tabs.append(Tab(Markup.escape(desk.level(one)), levels.get(one, 0), address, level == one))
    return tabs


def _top(desk: Desk) -> str | None:
    """Return the highest level: the one chip with a colour."""
    ladder = desk.version.tiers if desk.version is not None else None
    return ladder.levels[-1].id if ladder is not None and ladder.levels else None


def _attention(desk: Desk, line: Line) -> Markup | None:
    """Return what stands out about a member: points owed, points about to expire, an address nobody proved."""
    words = desk.words
    if line.owed:
        return words("members.owes", amount=words.amount(line.owed))
    if line.expiring and line.expires_at is not None:
        return words(
            "members.expiring", amount=words.amount(line.expiring), day=words.day(line.expires_at, desk.scope.now)
        )
    return words("members.guest") if line.member.provisional else None
