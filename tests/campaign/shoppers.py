"""Shoppers at a store of each platform, while the house is in trouble: they ask for codes, and buy unheard."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.actions.conclude_redemption import end_redemption
from app.db.looks import Look
from app.db.tables import CursorRow, OrderRow, RedemptionRow
from app.loyalty.ledger.books import Stage
from app.loyalty.terms.programme import Reward
from tests.campaign.town import Town
from tests.factories.programmes import version
from tests.sandbox.records import Customer, Order
from tests.sandbox.running import Keys
from tests.servers.patience import PATIENCE_S
from tests.stores.living import Living, living_shopify, living_woo

COST: Final = 10
GIVEN_BACK: Final = 3
"""One wish in so many is taken back, whether or not the store has answered by then."""
_PAUSE_S: Final = 0.5


@dataclass(slots=True)
class Shoppers:
    """At each store one shopper with points for every wish, and one whose purchases no webhook tells of."""

    stores: tuple[Living, ...]
    customers: list[str] = field(default_factory=list)
    wished: int = 0
    buyers: list[Customer] = field(default_factory=list)
    bought: list[list[Order]] = field(default_factory=list)

    def join(self, wishes: int) -> None:
        """Become members with so many points."""
        for living in self.stores:
            customer = str(living.store.sign_up("ann@example.test").id)
            living.house.join(customer, now=_now(living))
            living.house.adjust(_now(living), customer, "gift", COST * wishes)
            self.customers.append(customer)
            self.buyers.append(living.store.sign_up("bob@example.test"))
            self.bought.append([])

    def wish(self) -> None:
        """Ask for one code more at one of the stores, as the storefront would, and take it back at times."""
        self.wished += 1
        place = self.wished % len(self.stores)
        living, customer, key = self.stores[place], self.customers[place], f"wish-{self.wished}"
        abilities = living.platform.capabilities.abilities
        code = f"KZ-{key}"
        _in_spite(lambda: living.house.redeem(_now(living), customer, key, code=code, abilities=abilities))
        if self.wished % GIVEN_BACK == 0:
            _in_spite(lambda: self._give_back(living, key))

    def _give_back(self, living: Living, key: str) -> None:
        with living.house.unit(_now(living)) as scope:
            end_redemption(scope, key, Stage.RETURNED)

    def buy_unheard(self) -> None:
        """Buy one thing at one of the stores, always the same; the store's webhooks never come."""
        place = sum(map(len, self.bought)) % len(self.stores)
        store = self.stores[place].store
        self.bought[place].append(store.buy(self.buyers[place], {next(iter(store.store.products.values())).slug: 1}))

    def were_asked(self, since: datetime) -> bool:
        """Say whether the house asked every store since then what changed. A database may be away."""
        try:
            for living in self.stores:
                with living.house.reading() as scope:
                    cursor = scope.session.scalar(
                        select(CursorRow.checked_at).where(
                            CursorRow.programme_id == scope.programme_id, CursorRow.kind == Look.CHANGES.value
                        )
                    )
                if cursor is None or cursor < since:
                    return False
        except DBAPIError:
            return False
        return True

    def unpolled(self) -> int:
        """Return how many purchases nobody found by asking, and how many buyers have other points than theirs."""
        wrong = 0
        for living, buyer, bought in zip(self.stores, self.buyers, self.bought, strict=True):
            with living.house.reading() as scope:
                known = select(OrderRow.order_id).where(OrderRow.programme_id == scope.programme_id)
                wrong += len({str(order.id) for order in bought} ^ set(scope.session.scalars(known)))
            if bought and not wrong:
                each = living.house.settlement(str(buyer.id), f"order:{bought[-1].id}").posted
                wrong += each <= 0 or living.house.amounts(str(buyer.id)) != (0, each * len(bought), 0, 0)
        return wrong

    def count(self) -> "Codes":
        """Compare the codes that live at the stores with the redemptions that stand for one. The house is quiet."""
        orphans = missing = unfinished = 0
        for living in self.stores:
            with living.house.reading() as scope:
                rows = scope.session.scalars(
                    select(RedemptionRow).where(RedemptionRow.programme_id == scope.programme_id)
                ).all()
            should = sorted(f"KZ-{row.redemption_id}".upper() for row in rows if row.stage == Stage.ISSUED)
            has = living.live_codes()
            orphans += len(has) - len(set(has) & set(should))
            missing += len(set(should) - set(has))
            unfinished += sum(row.stage not in {Stage.ISSUED, Stage.RETURNED} for row in rows)
        return Codes(self.wished, orphans, missing + unfinished)


@dataclass(frozen=True, slots=True)
class Codes:
    """How many codes were asked for, live at a store for nobody or twice, and are owed to a shopper."""

    asked: int
    orphans: int
    missing: int


@contextmanager
def shoppers(town: Town, wishes: int) -> Iterator[Shoppers]:
    """Open both demonstration stores, connected to the town before its processes begin."""
    terms = version(rewards=[Reward("r", COST)])
    keys, cipher = Keys(), town.works.cipher
    with ExitStack() as stack:
        stores = (
            stack.enter_context(living_shopify(town.engine, lambda begun: replace(terms, starts_at=begun), cipher)),
            stack.enter_context(
                living_woo(town.engine, town.folder, lambda begun: replace(terms, starts_at=begun), cipher)
            ),
        )
        town.environ |= {
            "KIZUNA_SANDBOX": ",".join(f"{each.store.store.shop.domain}={each.store.url}" for each in stores),
            "KIZUNA_SHOPIFY_CLIENT_ID": keys.client_id,
            "KIZUNA_SHOPIFY_CLIENT_SECRET": keys.client_secret,
        }
        town.programmes.extend(each.house.programme_id for each in stores)
        found = Shoppers(stores)
        found.join(wishes)
        yield found


def _now(living: Living) -> str:
    return living.works.clock().isoformat()


def _in_spite(do: Callable[[], object]) -> None:
    """Do it; where the database was just crashed, do it again under the same key, as a shopper taps again."""
    give_up = time.monotonic() + PATIENCE_S
    while True:
        try:
            do()
        except DBAPIError:
            if time.monotonic() > give_up:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
