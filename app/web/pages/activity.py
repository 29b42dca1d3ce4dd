"""Everything that moved points lately, of all members, by what kind of movement it was."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from flask import request, url_for

from app.db.people import NOBODY, people
from app.db.timeline import Entry, Place, newest
from app.loyalty.ledger.postings import Reason
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import reading_desk
from app.web.pages.people import letters, name
from app.web.pages.telling import tell
from app.web.policy import ShopFrom, Who, policy

KINDS: Final[dict[str, tuple[Reason, ...]]] = {
    "all": (),
    "given": (Reason.AWARD, Reason.TAKE_BACK, Reason.ADJUST, Reason.IMPORT),
    "redeemed": (Reason.HOLD, Reason.USE, Reason.GIVE_BACK),
    "expired": (Reason.EXPIRE, Reason.ERASE),
}
_PAGE: Final = 50
_DIGITS_MAX: Final = 18


@pages.get("/activity")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def activity() -> str:
    """List movements, the newest first."""
    kind = request.args.get("kind", "all")
    kind = kind if kind in KINDS else "all"
    after = _place(request.args.get("after", ""))
    with reading_desk() as desk:
        scope, words = desk.scope, desk.words
        found = newest(scope.session, scope.programme_id, _PAGE + 1, after=after, reasons=KINDS[kind])
        entries = found[:_PAGE]
        names = people(scope, {entry.member_id for entry in entries})
        return show(
            desk,
            "activity.html",
            here="pages.activity",
            title=str(words("place.activity")),
            kinds=tuple(KINDS),
            kind=kind,
            first=after is None,
            happened=[
                (tell(desk, entry, names), entry.member_id, name(words, names.get(entry.member_id, NOBODY)))
                for entry in entries
            ],
            letters=letters,
            older=url_for("pages.activity", kind=kind, after=_text(entries[-1])) if len(found) > _PAGE else None,
        )


def _text(entry: Entry) -> str:
    return f"{entry.at.isoformat()}~{entry.member_id.hex}~{entry.number}"


def _place(text: str) -> Place | None:
    """Return the place a page begins after; None for the beginning, and for what nobody of ours wrote."""
    try:
        at, member_id, number = text.split("~")
        instant = datetime.fromisoformat(at)
        instant = instant.astimezone(UTC) if instant.tzinfo is not None else instant
        known = instant.tzinfo is not None and len(number) <= _DIGITS_MAX
        return Place(instant, UUID(member_id), int(number)) if known else None
    except (ValueError, OverflowError):
        return None
