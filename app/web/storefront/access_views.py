"""Entry: a token for a member, and its check by the page that is entered."""

from datetime import UTC, datetime

from app.actions.open_access import check_access, open_access
from app.db.scope import Scope
from app.db.unit import reading
from app.loyalty.redeeming.access import Pass
from app.web.callers import caller
from app.web.house import house
from app.web.storefront import membership, shapes


def enter(reward_id: str) -> shapes.AccessToken:
    """Let a member in: a token that lives ten minutes at most."""
    asking, works = caller(), house().works
    now = works.clock()
    known = membership.present(asking, now)
    with reading(works.engine, asking.place.programme_id) as session:
        scope = Scope(session, asking.place.programme_id, now, works.cipher)
        token, content = open_access(scope, asking.place.shop_id, known.row.member_id, reward_id)
    return shapes.AccessToken(token=token, reward=content.reward, until=_end(content))


def check(json_data: shapes.AccessCheck) -> shapes.AccessGranted:
    """Say whether a token opens something at this shop now."""
    asking, works = caller(), house().works
    with reading(works.engine, asking.place.programme_id) as session:
        scope = Scope(session, asking.place.programme_id, works.clock(), works.cipher)
        content, _ = check_access(scope, asking.place.shop_id, json_data.token, json_data.thing)
    return shapes.AccessGranted(reward=content.reward, level=content.level, until=_end(content))


def _end(content: Pass) -> datetime:
    return datetime.fromtimestamp(content.until, UTC)
