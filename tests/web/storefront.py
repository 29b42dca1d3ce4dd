"""Both roads to the storefront API under one roof, so that what must hold on both is tested once for both."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.actions.adjust_points import adjust_points
from app.actions.conclude_redemption import code_is_live
from app.actions.settle_facts import settle_facts
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import IdentityRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Customer, Fact
from jobs.works import Works
from tests.web.shops import Clock, Shop, bearer, proxied


@dataclass(frozen=True, slots=True)
class Storefront:
    """A shop's storefront as its shoppers' browsers ask it."""

    client: FlaskClient
    works: Works
    clock: Clock
    shop: Shop
    platform: str

    def get(self, path: str, customer: str | None = None, **own: str) -> TestResponse:
        return self._ask("GET", path, customer, own, None)

    def post(self, path: str, customer: str | None = None, body: object = None) -> TestResponse:
        return self._ask("POST", path, customer, {}, body)

    def _ask(self, method: str, path: str, customer: str | None, own: dict[str, str], body: object) -> TestResponse:
        given: dict[str, Any] = {"json": body} if body is not None else {}
        if self.platform == "shopify":
            self.clock.pass_(seconds=1)  # no two of one shopper's requests have the same signature
            url = proxied(path, customer=customer, at=self.clock.now, own=tuple(own.items()))
            return self.client.open(url, method=method, **given)
        if customer is not None:
            given["headers"] = bearer(self.shop, customer, at=self.clock.now)
        else:
            own = {**own, "shop": str(self.shop.shop_id)}
        return self.client.open(f"/storefront/api/{path}", method=method, query_string=own, **given)

    def scope(self, session: Session) -> Scope:
        return Scope(session, self.shop.programme_id, self.clock.now, self.works.cipher)

    def settle(self, *facts: Fact) -> None:
        """Let the shop report facts."""
        with unit_of_work(self.works.engine) as session:
            settle_facts(self.scope(session), self.shop.shop_id, facts)

    def member_id(self, customer: str) -> UUID:
        with reading(self.works.engine) as session:
            return session.scalars(
                select(IdentityRow.member_id).where(
                    IdentityRow.programme_id == self.shop.programme_id, IdentityRow.customer_id == customer
                )
            ).one()

    def give(self, customer: str, points: int, note: str = "welcome", key: str | None = None) -> None:
        """Give points by hand."""
        self.get("member", customer)
        member_id = self.member_id(customer)
        request = Request(key or f"gift-{customer}-{points}", "adjust", member_id, {"amount": points}, "staff", note)
        with unit_of_work(self.works.engine) as session:
            assert adjust_points(self.scope(session), request, points).refused is None

    def give_one_by_one(self, customer: str, numbers: Iterable[int]) -> None:
        """Give a member a point for each number."""
        member_id = self.member_id(customer)
        with unit_of_work(self.works.engine) as session:
            scope = self.scope(session)
            for number in numbers:
                request = Request(f"one-{number}", "adjust", member_id, {"amount": 1}, "staff", "welcome")
                assert adjust_points(scope, request, 1).refused is None

    def make_code(self, redemption_id: str) -> None:
        """Let the shop have made a code."""
        with unit_of_work(self.works.engine) as session:
            code_is_live(self.scope(session), redemption_id, "gid://discount/1")


MAYA = Customer("501", "maya@example.com", "Maya Lind")
KEY = "4f0d5a3e9b1c4d7e8a2f6b0c1d3e5f79"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
