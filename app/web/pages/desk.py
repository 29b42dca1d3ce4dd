"""What every page is made at: the seat it is made for, an open unit, the programme with its shops, and the words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import g, request
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from app.db import programmes, shops
from app.db.scope import Scope
from app.db.tables import ProgrammeRow, ShopRow
from app.db.unit import reading, unit_of_work
from app.loyalty.terms.programme import Ladder, Programme, Reward, Version
from app.loyalty.terms.rewards import AmountOff, Gift, Percentage, worth
from app.web.house import house
from app.web.pages.words import Measures, Words, choose_language
from app.web.seats import Seat

LANGUAGE_COOKIE = "kizuna_language"
_NAME_MAX = 255
"""What names a row of a list is no longer than this."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a page of one programme needs. ``scope`` carries the unit and the instant the page tells of."""

    scope: Scope
    seat: Seat
    row: ProgrammeRow
    programme: Programme
    shops: Sequence[ShopRow]
    words: Words

    @property
    def version(self) -> Version | None:
        """Return the version in force."""
        return self.programme.version_at(self.scope.now)

    def shop(self, shop_id: UUID) -> ShopRow | None:
        """Return a shop of the programme."""
        return next((shop for shop in self.shops if shop.shop_id == shop_id), None)

    # -- names people gave ----------------------------------------------------------------------------------------

    def level(self, level_id: str | None) -> str | None:
        """Return what a level is called, by the version in force, else by the latest that had it."""
        if level_id is None:
            return None
        ladders: list[Ladder] = [version.tiers for version in reversed(self.programme.versions) if version.tiers]
        if self.version is not None and self.version.tiers is not None:
            ladders.insert(0, self.version.tiers)
        for ladder in ladders:
            if ladder.position(level_id) >= 0:
                return ladder.levels[ladder.position(level_id)].name or level_id
        return level_id

    def gift(self, gift: Gift) -> Markup:
        """Return what a reward gives: ``$5 off``."""
        if isinstance(gift, AmountOff):
            return self.words("gift.amount_off", money=self.words.price(gift.value_minor))
        if isinstance(gift, Percentage):
            return self.words("gift.percentage", percent=self.words.percent(gift.basis_points))
        if (value := worth(gift)) is not None:
            return self.words(f"gift.{gift.kind}", money=self.words.price(value))
        return self.words(f"gift.{gift.kind}")

    def reward(self, reward: Reward) -> Markup:
        """Return what a reward is called: its own name, else what it gives."""
        if reward.name:
            return Markup.escape(reward.name)
        any_sum = f"gift.{reward.gives.kind}.any"
        chosen = reward.variable is not None and self.words.has(any_sum)
        return self.words(any_sum) if chosen else self.gift(reward.gives)

    def reward_of(self, version_number: int, reward_id: str) -> Markup:
        """Return what a reward of some version is called."""
        try:
            reward = self.programme.version(version_number).reward(reward_id)
        except KeyError:
            reward = None
        return self.reward(reward) if reward is not None else Markup.escape(reward_id)

    # -- what points are worth ------------------------------------------------------------------------------------

    def best_rate(self) -> Reward | None:
        """Return the reward of a fixed amount that gives most for a point, in the version in force."""
        fixed = [
            reward
            for reward in (self.version.rewards if self.version is not None else ())
            if isinstance(reward.gives, AmountOff) and reward.cost
        ]
        return max(fixed, key=_rate, default=None)

    def worth(self, steps: int) -> int | None:
        """Return what points buy at most in minor units, spent on rewards of a fixed amount; None where none is."""
        if self.words.measures.unit != "points":
            return steps
        best = self.best_rate()
        if best is None or not isinstance(best.gives, AmountOff):
            return None
        return steps * best.gives.value_minor // best.cost


def _rate(reward: Reward) -> tuple[int, int]:
    value = reward.gives.value_minor if isinstance(reward.gives, AmountOff) else 0
    return value * 10**9 // reward.cost, -reward.cost


def clean(text: str | None, most: int) -> str:
    """Return what was typed or stood in an address, without signs nobody can see, at most so long."""
    return "".join(sign for sign in (text or "") if sign.isprintable()).strip()[:most]


def place(text: str) -> tuple[datetime, str] | None:
    """Return the place a page of a list begins after; None for the beginning, and for what nobody of ours wrote."""
    at, _, name = text.partition("~")
    try:
        instant = datetime.fromisoformat(at)
        return (instant.astimezone(UTC), name[:_NAME_MAX]) if instant.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def written_place(at: datetime, name: str) -> str:
    """Return a place in a list as an address names it."""
    return f"{at.isoformat()}~{name}"


def clean_lines(text: str | None, most: int) -> str:
    """Return what was typed in lines, without signs nobody can see, at most so long."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(sign for sign in line if sign.isprintable()) for line in lines).strip()[:most]


def language(shop_locale: str | None = None) -> str:
    """Return the reader's language: chosen here, told by the admin around us or by the browser, else the shop's."""
    told = request.accept_languages.best_match(("en", "ja"))
    return choose_language(request.cookies.get(LANGUAGE_COOKIE), request.args.get("locale"), told, shop_locale)


@contextmanager
def reading_desk() -> Iterator[Desk]:
    """Open a desk that only reads."""
    with reading(house().works.engine) as session:
        yield _desk(session)


@contextmanager
def working_desk() -> Iterator[Desk]:
    """Open a desk that may change something: what was done is committed at its end."""
    with unit_of_work(house().works.engine) as session:
        yield _desk(session)


def _desk(session: Session) -> Desk:
    seat: Seat = g.seat
    if seat.programme_id is None:
        raise NotFound
    works = house().works
    row = session.scalar(select(ProgrammeRow).where(ProgrammeRow.programme_id == seat.programme_id))
    if row is None:
        raise NotFound
    found = shops.of_programme(session, seat.programme_id)
    programme = programmes.load(session, seat.programme_id)
    home = next(shop for shop in found if shop.shop_id == row.home_shop_id)
    measures = Measures(row.unit, row.decimals, row.currency, home.zone)
    scope = Scope(session, seat.programme_id, works.clock(), works.cipher)
    return Desk(scope, seat, row, programme, found, Words(language(home.locale), measures))
