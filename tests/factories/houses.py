"""A programme with its shops in a real database, and the verbs of the trade at hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from app.actions.adjust_points import adjust_points
from app.actions.answers import Answer
from app.actions.audit_ledger import audit_ledger
from app.actions.connect_shop import NewShop, add_shop
from app.actions.fact_page import Outcome
from app.actions.import_points import import_points
from app.actions.merge_members import Merged, merge_members
from app.actions.redeem_reward import redeem_reward
from app.actions.settle_facts import settle_facts
from app.actions.tend_members import due_members, tend_members
from app.actions.unmerge_members import Unmerged, unmerge_members
from app.cli.cases import findings
from app.db import members, programmes, shops
from app.db.audit import Breach
from app.db.cipher import Cipher
from app.db.programmes import NewProgramme
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import IdentityRow, MemberRow, RedemptionRow, SettlementRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Customer, Fact
from app.loyalty.publishing.offering import Abilities
from app.loyalty.redeeming.redemptions import Ask
from app.loyalty.terms.programme import Version
from tests.factories.ciphers import CIPHER
from tests.factories.instants import instant
from tests.factories.programmes import version

BEGINNING = instant("2024-01-01T00")


@dataclass(slots=True)
class House:
    """One programme. Instants are written as the facts' factories write them."""

    engine: Engine
    programme_id: UUID
    shop_id: UUID
    cipher: Cipher = CIPHER
    shop_ids: Mapping[str, UUID] = field(default_factory=dict)

    @contextmanager
    def unit(self, now: str) -> Iterator[Scope]:
        """Open a unit of work that commits at its end."""
        with unit_of_work(self.engine) as session:
            yield Scope(session, self.programme_id, instant(now), self.cipher)

    @contextmanager
    def reading(self, now: str = "2030-01-01") -> Iterator[Scope]:
        """Open a unit that only reads."""
        with reading(self.engine) as session:
            yield Scope(session, self.programme_id, instant(now), self.cipher)

    # -- verbs ---------------------------------------------------------------------------------------------------

    def settle(self, now: str, *facts: Fact, shop: str | None = None) -> list[Outcome]:
        """Settle facts of one shop in one page."""
        with self.unit(now) as scope:
            return settle_facts(scope, self.shop_ids[shop] if shop else self.shop_id, facts)

    def join(self, *customers: str, now: str = "2024-06-01") -> list[UUID]:
        """Make members of these customer ids, without any fact about them."""
        with self.unit(now) as scope:
            from_ids = {name: Customer(name) for name in customers}
            found = members.find_or_make(scope, self.shop_id, from_ids)
        return [found[name] for name in customers]

    def request(self, key: str, kind: str, member_id: UUID, **content: object) -> Request:
        """Return a request by staff."""
        return Request(key, kind, member_id, content, "staff", "because")

    def redeem(
        self,
        now: str,
        customer: str,
        key: str,
        reward: str = "r",
        *,
        code: str | None = None,
        codes_revive: bool = False,
        points: int | None = None,
        abilities: Abilities | None = None,
    ) -> Answer:
        """Redeem a reward."""
        request = self.request(key, "redeem", self.member(customer), reward=reward, points=points)
        ask = Ask(key, code or key, reward, points)
        with self.unit(now) as scope:
            return redeem_reward(scope, self.shop_id, request, ask, codes_revive=codes_revive, abilities=abilities)

    def adjust(self, now: str, customer: str, key: str, amount: int) -> Answer:
        """Give or take points by hand."""
        request = self.request(key, "adjust", self.member(customer), amount=amount)
        with self.unit(now) as scope:
            return adjust_points(scope, request, amount)

    def bring(self, now: str, customer: str, key: str, amount: int, earned: str, expires: str | None = None) -> Answer:
        """Import a lot."""
        request = self.request(key, "import", self.member(customer), amount=amount, earned=earned, expires=expires)
        with self.unit(now) as scope:
            return import_points(scope, request, amount, instant(earned), instant(expires) if expires else None)

    def merge(self, now: str, kept: str | UUID, lost: str | UUID) -> Merged:
        """Make two customers one member."""
        ids = [one if isinstance(one, UUID) else self.member(one) for one in (kept, lost)]
        with self.unit(now) as scope:
            return merge_members(scope, *ids, actor="staff", why="one person")

    def unmerge(self, now: str, lost: UUID) -> Unmerged:
        """Take a merge back."""
        with self.unit(now) as scope:
            return unmerge_members(scope, lost, actor="staff", why="two people")

    def tend(self, now: str) -> int:
        """Do what is due; returns the number of transactions made."""
        with self.unit(now) as scope:
            return tend_members(scope, due_members(scope, 1000))

    def publish(self, now: str, *versions: Version) -> None:
        """Publish versions."""
        with self.unit(now) as scope:
            for each in versions:
                programmes.publish(scope.session, self.programme_id, each, by="staff", now=scope.now)

    # -- looking -------------------------------------------------------------------------------------------------

    def member(self, customer: str, shop: str | None = None) -> UUID:
        """Return the member a shop knows by this name. Raises KeyError."""
        with self.reading() as scope:
            return members.find(scope, self.shop_ids[shop] if shop else self.shop_id, [customer])[customer]

    def shown(self, customer: str | UUID) -> Mapping[str, Any]:
        """Return pending, available, held, debt, tier, totals and lots of a customer."""
        member_id = customer if isinstance(customer, UUID) else self.member(customer)
        with self.reading() as scope:
            return findings.member(scope, member_id, str(member_id))

    def amounts(self, customer: str | UUID) -> tuple[int, int, int, int]:
        """Return (pending, available, held, debt)."""
        shown = self.shown(customer)
        return (shown["pending"], shown["available"], shown["held"], shown["debt"])

    def everything(self) -> dict[str, Any]:
        """Return what every named customer of the programme has, by identity."""
        with self.reading() as scope:
            rows = scope.session.execute(
                select(IdentityRow.customer_id, IdentityRow.member_id).where(
                    IdentityRow.programme_id == self.programme_id
                )
            ).all()
            return {
                customer: {
                    name: value
                    for name, value in findings.member(scope, member_id, customer).items()
                    if name in {"pending", "available", "held", "debt", "tier"}
                }
                for customer, member_id in rows
            }

    def row(self, customer: str | UUID) -> MemberRow:
        """Return a member's row."""
        member_id = customer if isinstance(customer, UUID) else self.member(customer)
        with self.reading() as scope:
            return scope.session.scalars(
                select(MemberRow).where(MemberRow.programme_id == self.programme_id, MemberRow.member_id == member_id)
            ).one()

    def settlement(self, customer: str | UUID, source: str) -> SettlementRow:
        """Return the settlement of a source whose stored name begins so."""
        member_id = customer if isinstance(customer, UUID) else self.member(customer)
        with self.reading() as scope:
            return scope.session.scalars(
                select(SettlementRow).where(
                    SettlementRow.programme_id == self.programme_id,
                    SettlementRow.member_id == member_id,
                    SettlementRow.source.startswith(source),
                )
            ).one()

    def redemption(self, key: str) -> RedemptionRow:
        """Return a redemption."""
        with self.reading() as scope:
            return scope.session.scalars(
                select(RedemptionRow).where(
                    RedemptionRow.programme_id == self.programme_id, RedemptionRow.redemption_id == key
                )
            ).one()

    def breaches(self) -> list[Breach]:
        """Return what the auditor finds."""
        with self.reading() as scope:
            return list(audit_ledger(scope))


def house(
    engine: Engine,
    *versions: Version,
    zones: Mapping[str, str] | None = None,
    platform: str = "neutral",
    currency: str = "EUR",
    decimals: int = 0,
) -> House:
    """Found a programme with versions published and shops connected; the first zone's shop is home."""
    told = dict(zones or {"s1": "UTC"})
    shop_ids = {name: members.new_id() for name in told}
    home = next(iter(shop_ids.values()))
    programme_id = members.new_id()
    with unit_of_work(engine) as session:
        programmes.make(
            session, programme_id, NewProgramme("A programme", currency, home, "points", decimals), BEGINNING
        )
        for name, zone in told.items():
            key = (programme_id, shop_ids[name])
            shop = NewShop(platform, f"{shop_ids[name].hex}.example", name, currency, zone, "en", None, False, None, {})
            add_shop(session, key, shop, BEGINNING)
            shops.keep_credentials(session, CIPHER, key, {}, expires_at=None, refresh_expires_at=None, scopes=())
        for each in versions or (version(),):
            programmes.publish(session, programme_id, each, by="staff", now=BEGINNING)
    return House(engine, programme_id, home, shop_ids=shop_ids)
