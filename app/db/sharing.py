"""Word of mouth by channel: who followed a link, and what became of it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.db.scope import Scope
from app.db.tables import ClickRow, ReferralRow
from app.loyalty.terms.sharing import Channel


@dataclass(frozen=True, slots=True)
class Shared:
    """What came by one channel: links followed, codes asked for, friends whose order counts."""

    channel: Channel
    clicks: int = 0
    claims: int = 0
    friends: int = 0

    @property
    def conversion(self) -> int | None:
        """Return which part of the clicks brought a friend in hundredths of a percent, None without clicks."""
        return self.friends * 10_000 // self.clicks if self.clicks else None


def click(scope: Scope, shop_id: UUID, key: str, channel: Channel) -> None:
    """Note that a link was followed; the same key is the same click."""
    dialect = postgresql if scope.session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"programme_id": scope.programme_id, "click_id": key, "shop_id": shop_id, "channel": channel.value}
    scope.session.execute(dialect.insert(ClickRow).values(at=scope.now, **row).on_conflict_do_nothing())


def by_channel(scope: Scope) -> list[Shared]:
    """Return what came by each channel that anything came by, in the order of the channels."""
    followed = scope.session.execute(
        select(ClickRow.channel, func.count())
        .where(ClickRow.programme_id == scope.programme_id)
        .group_by(ClickRow.channel)
    )
    clicks: dict[str, int] = dict(followed.all())
    claims: dict[str, int] = {}
    friends: dict[str, int] = {}
    bought = case((ReferralRow.outcome["due"].as_boolean().is_(True), 1), else_=0)
    rows = scope.session.execute(
        select(ReferralRow.channel, func.count(), func.sum(bought))
        .where(ReferralRow.programme_id == scope.programme_id)
        .group_by(ReferralRow.channel)
    )
    for channel, asked, due in rows:
        known = channel or Channel.OTHER.value
        claims[known], friends[known] = claims.get(known, 0) + asked, friends.get(known, 0) + due
    every = [Shared(one, clicks.get(one, 0), claims.get(one, 0), friends.get(one, 0)) for one in Channel]
    return [one for one in every if one.clicks or one.claims]
