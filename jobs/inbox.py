"""Drain the inbox: a page of one shop's deliveries is translated, settled and marked in one unit of work."""

import time
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from app.actions.disconnect_shop import disconnect_shop
from app.actions.fact_page import End, Outcome
from app.actions.settle_facts import settle_facts
from app.db import hooks, inbox, outbox, privacy, programmes, shops
from app.db.elsewhere import orders_elsewhere
from app.db.inbox import Arrival, Letter, Road, State
from app.db.privacy import Names
from app.db.scope import Scope
from app.db.second_wall import keep_to
from app.db.tables import ShopRow
from app.db.unit import unit_of_work
from app.failpoints import Place, passed
from app.loyalty.facts import Fact, Order, Permitted, PrivacyRequest, Uninstalled
from integrations.hooks import read_hook
from integrations.platform import ANOTHER_SHOP, Ignored, Malformed, Refetch, Translation
from integrations.told_reviews import HOOK as REVIEWS
from integrations.told_reviews import read_told_review
from jobs.works import Works, profile

log = structlog.get_logger()

PAGE = 200
PAGE_SQLITE = 25
"""SQLite has one writer: a drain holds it for a short page and rests as long, so that webhooks get their turn."""


def drain(works: Works, programme_id: UUID, shop_id: UUID) -> bool:
    """Work through one page of a shop's waiting deliveries. True where there may be more."""
    sqlite = works.engine.dialect.name == "sqlite"
    limit = PAGE_SQLITE if sqlite else PAGE
    started = time.monotonic()
    try:
        count = _page(works, programme_id, shop_id, limit)
    except Exception as error:  # noqa: BLE001 - whatever one delivery does to a page, the others must not wait for it
        log.warning("inbox_page_failed", shop_id=str(shop_id), error=type(error).__name__)
        count = _one_by_one(works, programme_id, shop_id, limit)
    if sqlite and count:
        time.sleep(min(0.05, time.monotonic() - started))
    return count == limit


def _page(works: Works, programme_id: UUID, shop_id: UUID, limit: int) -> int:
    now = works.clock()
    with unit_of_work(works.engine, programme_id) as session:
        letters = inbox.claim(session, works.cipher, programme_id, shop_id, now=now, limit=limit)
        if letters:
            passed(Place.LETTERS_CLAIMED)
            settle_letters(works, Scope(session, programme_id, now, works.cipher), shop_id, letters)
            passed(Place.LETTERS_MARKED)
    if letters:
        passed(Place.LETTERS_COMMITTED)
        works.bell.ring("outbox", programme_id, shop_id)
    return len(letters)


def _one_by_one(works: Works, programme_id: UUID, shop_id: UUID, limit: int) -> int:
    """The page was rolled back: do its rows each in a unit of its own; what fails alone waits, then is quarantined."""
    passed(Place.PAGE_ROLLED_BACK)
    done = 0
    for _ in range(limit):
        now = works.clock()
        try:
            if _page(works, programme_id, shop_id, 1) == 0:
                break
            done += 1
        except Exception as error:  # noqa: BLE001 - the same: it is postponed under its name, then quarantined
            name = type(error).__name__
            log.warning("delivery_failed", shop_id=str(shop_id), error=name)
            with unit_of_work(works.engine, programme_id) as session:
                for letter in inbox.claim(session, works.cipher, programme_id, shop_id, now=now, limit=1):
                    inbox.postpone(letter.row, now, name)
                passed(Place.LETTER_POSTPONED)
    return done


def settle_letters(works: Works, scope: Scope, shop_id: UUID, letters: Sequence[Letter]) -> None:
    """Translate and settle claimed deliveries and mark each with how it ended; bad ones never hurt the others."""
    shop = shops.get(scope.session, scope.programme_id, shop_id)
    if shop.state == "disconnected" and (home := _moved_to(scope, shop_id)) is not None:
        _forward(scope, home, shop_id, letters)
        return
    facts: list[Fact] = []
    heard: list[datetime] = []
    places: list[list[int]] = []
    read = [_read(works, scope, shop, letter) for letter in letters]
    _set_aside(works, scope, shop, letters, read)
    for letter, found in zip(letters, read, strict=True):
        places.append(list(range(len(facts), len(facts) + len(found))))
        facts.extend(found)
        heard.extend([letter.row.received_at] * len(found))
    passed(Place.LETTERS_READ)
    outcomes = settle_facts(scope, shop_id, facts, heard) if facts else []
    for letter, place in zip(letters, places, strict=True):
        if place:
            state, reason = _end([outcomes[index] for index in place])
            inbox.finish([letter.row], state, scope.now, reason)
    shop.last_event_at = max(scope.now, shop.last_event_at or scope.now)


def _set_aside(
    works: Works, scope: Scope, shop: ShopRow, letters: Sequence[Letter], read: list[Sequence[Fact]]
) -> None:
    """Take out what tells of an order that another shop has told of, where no two shops have the same ids.

    The header that names the shop is not signed: somebody sends on what another shop sent. It is seen by people.
    """
    platform = works.platforms.get(shop.platform)
    if platform is None or not platform.capabilities.ids_are_global:
        return
    orders = [[fact.id for fact in facts if isinstance(fact, Order)] for facts in read]
    foreign = orders_elsewhere(scope, shop.shop_id, shop.platform, [each for ids in orders for each in ids])
    for number, ids in enumerate(orders):
        if not foreign.isdisjoint(ids):
            inbox.finish([letters[number].row], State.QUARANTINED, scope.now, ANOTHER_SHOP)
            read[number] = ()


def _moved_to(scope: Scope, shop_id: UUID) -> UUID | None:
    """Return the programme a shop is in by now, where it is another than this."""
    row = shops.by_id(scope.session, shop_id)
    return row.programme_id if row is not None and row.programme_id != scope.programme_id else None


def _forward(scope: Scope, home: UUID, shop_id: UUID, letters: Sequence[Letter]) -> None:
    """Hand letters on that were acknowledged while their shop moved; the sweep rings for them where they are now."""
    inbox.finish([letter.row for letter in letters], State.IGNORED, scope.now, "SHOP_MOVED")
    keep_to(scope.session, home)
    for letter in letters:
        row = letter.row
        again = Arrival(
            row.origin, row.topic, row.key, letter.body, versioned=False, event_id=row.event_id, road=Road(row.road)
        )
        inbox.accept(scope.session, scope.cipher, home, shop_id, again, row.received_at)
    keep_to(scope.session, scope.programme_id)


def _end(outcomes: Sequence[Outcome]) -> tuple[State, str | None]:
    reasons = [outcome.reason for outcome in outcomes if outcome.reason]
    reason = reasons[0] if reasons else None
    if any(outcome.end is End.DONE for outcome in outcomes):
        return State.DONE, reason
    if any(outcome.end is End.REFUSED for outcome in outcomes):
        return State.REFUSED, reason
    return State.IGNORED, reason


def _read(works: Works, scope: Scope, shop: ShopRow, letter: Letter) -> Sequence[Fact]:
    """Return the facts to settle; everything else about the delivery is dealt with here and marked."""
    row = letter.row
    translation = _translated(works, scope, shop, letter)
    if isinstance(translation, Ignored):
        inbox.finish([row], State.IGNORED, scope.now, translation.reason[:255])
        return ()
    if isinstance(translation, Malformed):
        inbox.finish([row], State.QUARANTINED, scope.now, translation.reason[:255])
        return ()
    if isinstance(translation, Refetch):
        outbox.refetch(scope, shop.shop_id, translation.thing, (translation.id,))
        inbox.finish([row], State.DONE, scope.now, "ASKED_THE_SHOP")
        return ()
    if not translation:
        inbox.finish([row], State.IGNORED, scope.now, "NOTHING_IN_IT")
    return [fact for fact in translation if not _is_about_the_shop(scope, shop, letter, fact)]


def _translated(works: Works, scope: Scope, shop: ShopRow, letter: Letter) -> Translation:
    """Return what a delivery says; what came to a hook is read as the version of its arrival says."""
    row = letter.row
    if row.origin == hooks.ORIGIN:
        version = programmes.load(scope.session, scope.programme_id).version_at(row.received_at)
        hook = version.hook(hooks.hook_of(row.topic)) if version is not None else None
        if hook is None and hooks.hook_of(row.topic) == REVIEWS:
            return read_told_review(letter.body, row.received_at)
        return read_hook(hook, letter.body, row.received_at) if hook is not None else Ignored("UNKNOWN_HOOK")
    translator = works.platforms.get(row.origin) or works.sources.get(row.origin)
    if translator is None:
        return Malformed("UNKNOWN_ORIGIN")
    return translator.translate(row.topic, letter.body, profile(shop))


def _is_about_the_shop(scope: Scope, shop: ShopRow, letter: Letter, fact: Fact) -> bool:
    if isinstance(fact, Uninstalled):
        if fact.at is not None and fact.at < shop.connected_at:
            inbox.finish([letter.row], State.IGNORED, scope.now, "REINSTALLED_SINCE")
            return True
        disconnect_shop(scope, shop.shop_id)
    elif isinstance(fact, Permitted):
        shops.keep_scopes(scope.session, scope.programme_id, shop.shop_id, fact.scopes)
    elif isinstance(fact, PrivacyRequest):
        keep_privacy_request(scope, shop.shop_id, fact)
    else:
        return False
    inbox.finish([letter.row], State.DONE, scope.now)
    return True


def keep_privacy_request(scope: Scope, shop_id: UUID, request: PrivacyRequest) -> None:
    """Keep a duty the platform laid on us until it is carried out."""
    customer = request.customer
    names = None
    if customer is not None:
        address = customer.email.strip().casefold() if customer.email else None
        names = Names((customer.id,) if customer.id else (), (address,) if address else ())
    privacy.keep(scope, shop_id, request.duty, names)
