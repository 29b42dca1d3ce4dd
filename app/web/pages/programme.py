"""The programme in force, told in sentences, and the versions before and after it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from app.db.tables import VersionRow
from app.web.pages import catalogue, promises
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, reading_desk
from app.web.pages.telling import actor
from app.web.policy import ShopFrom, Who, policy


@pages.get("/programme")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def programme() -> str:
    """Show what shoppers are promised now."""
    with reading_desk() as desk:
        version = desk.version
        return show(
            desk,
            "programme.html",
            here="pages.programme",
            title=str(desk.words("place.programme")),
            version=version,
            versions=promises.scheduled(desk),
            published=_published(desk),
            actor=lambda said: actor(desk, said),
            earning=promises.earning(desk, version) if version else [],
            rewards=catalogue.rewards(desk, version) if version else [],
            levels=promises.levels(desk, version) if version else [],
            keeping=promises.keeping(desk, version) if version else None,
            terms=list(promises.terms(desk, version)) if version else [],
            asked=promises.asked(desk, version) if version else [],
            hooks=promises.hooks(desk, version) if version else [],
            example=promises.example(desk, version) if version else None,
        )


def _published(desk: Desk) -> Mapping[int, tuple[str, datetime]]:
    """Return who published each version, and when."""
    rows = desk.scope.session.execute(
        select(VersionRow.number, VersionRow.published_by, VersionRow.published_at).where(
            VersionRow.programme_id == desk.scope.programme_id
        )
    )
    return {number: (by, at) for number, by, at in rows}
