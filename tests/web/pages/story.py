"""A shop's year, told through the actions and jobs that real events go through: people, orders, reviews, mishaps."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.actions.adjust_points import adjust_points
from app.actions.connect_shop import NewShop, connect_shop
from app.actions.record_effect import effect_is_done, effect_is_lost
from app.actions.redeem_reward import redeem_reward
from app.actions.settle_facts import settle_facts
from app.db import inbox, members, outbox
from app.db.inbox import Arrival
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import AuditRow, CursorRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import CodeUse, Customer, Fact, Line, Order, Referral, Refund, RefundLine, Review, SignUp
from app.loyalty.redeeming.redemptions import Ask
from jobs import inbox as inbox_job
from jobs import members as members_job
from jobs.audit import audit_all
from jobs.works import Works
from tests.web.shops import NOW

START = NOW - timedelta(days=300)


@dataclass(slots=True)
class Story:
    """One programme with one shop; ``days`` are counted from ``START``, the clock is wound as the story goes."""

    works: Works
    programme_id: UUID
    shop_id: UUID
    platform: str

    # -- telling ---------------------------------------------------------------------------------------------------

    def at(self, instant: datetime) -> None:
        """Wind the clock, and let everything happen that falls due until then."""
        self.works.clock.now = instant  # type: ignore[attr-defined]
        while members_job.tend(self.works, self.programme_id):
            pass

    def tell(self, instant: datetime, *facts: Fact) -> None:
        """Settle facts as they arrive."""
        self.at(instant)
        with unit_of_work(self.works.engine) as session:
            settle_facts(self.scope(session), self.shop_id, facts)

    def scope(self, session: Session) -> Scope:
        """Return what actions are given."""
        return Scope(session, self.programme_id, self.works.clock(), self.works.cipher)

    def member(self, customer: str) -> UUID:
        """Return the member behind a customer id of the shop."""
        with reading(self.works.engine) as session:
            return members.find(self.scope(session), self.shop_id, [customer])[customer]

    def joins(self, customer: str, name: str = "Maya Lindqvist", email: str = "maya@lindqvist.example") -> UUID:
        """A customer signs up now."""
        now = self.works.clock()
        self.tell(now, SignUp(Customer(customer, email, name), now))
        return self.member(customer)

    def redeem(
        self, instant: datetime, customer: str, key: str, reward: str, code: str, *, issued: bool = True
    ) -> None:
        """A member takes a reward; the shop makes the code."""
        self.at(instant)
        member_id = self.member(customer)
        with unit_of_work(self.works.engine) as session:
            request = Request(key, "redeem", member_id, {"reward": reward}, "shopper")
            answer = redeem_reward(self.scope(session), self.shop_id, request, Ask(request.key, code, reward))
            assert answer.refused is None, answer
        if issued:
            self.work_off()

    def work_off(self, *, lost: str | None = None) -> None:
        """Let the shop carry out what waits for it; or refuse the codes for good with an error."""
        now = self.works.clock()
        with unit_of_work(self.works.engine) as session:
            claims = outbox.claim(session, self.programme_id, self.shop_id, owner="story", now=now, limit=100)
        for claim in claims:
            with unit_of_work(self.works.engine) as session:
                if lost is not None and claim.kind is outbox.EffectKind.ISSUE_CODE:
                    assert outbox.failed(session, claim, now, error=lost, retry_at=None)
                    effect_is_lost(self.scope(session), claim.kind, claim.payload)
                else:
                    assert outbox.done(session, claim, now)
                    effect_is_done(self.scope(session), claim.kind, claim.payload, "ext-1")

    def adjust(
        self, instant: datetime, customer: str, amount: int, note: str, *, key: str, actor: str = "operator"
    ) -> None:
        """Staff give or take points."""
        self.at(instant)
        member_id = self.member(customer)
        with unit_of_work(self.works.engine) as session:
            request = Request(key, "adjust", member_id, {"amount": amount}, actor, note)
            assert adjust_points(self.scope(session), request, amount).refused is None

    def deliver(self, instant: datetime, topic: str, key: str, body: bytes) -> None:
        """The shop sends something as its platform writes it."""
        self.at(instant)
        now = self.works.clock()
        with unit_of_work(self.works.engine) as session:
            arrival = Arrival(self.platform, topic, key, body, versioned=True)
            inbox.accept(session, self.works.cipher, self.programme_id, self.shop_id, arrival, now)
        while inbox_job.drain(self.works, self.programme_id, self.shop_id):
            pass

    def look_over(self, instant: datetime, *, missed: int = 0) -> None:
        """The clock's jobs were here: reconciled, audited."""
        self.at(instant)
        with unit_of_work(self.works.engine) as session:
            session.merge(
                CursorRow(
                    programme_id=self.programme_id, shop_id=self.shop_id, kind="changes",
                    at=instant, checked_at=instant, found=missed,
                )
            )  # fmt: skip
        audit_all(self.works)


def day(number: float) -> datetime:
    """Return an instant of the story."""
    return START + timedelta(days=number)


def order(  # noqa: PLR0913 - an order has many sides, a test names the few it is about
    number: int,
    customer: str | None,
    paid: datetime | None,
    cents: int,
    *,
    email: str | None = None,
    name: str | None = None,
    placed: datetime | None = None,
    cancelled: datetime | None = None,
    refunded: tuple[datetime, int] | None = None,
    codes: tuple[CodeUse, ...] = (),
    product: str = "1",
    currency: str = "USD",
    gift_card: bool = False,
    shipping: int = 0,
) -> Order:
    """Return an order of one line."""
    placed = placed or paid or NOW
    changed = [placed, *(instant for instant in (paid, cancelled, refunded[0] if refunded else None) if instant)]
    return Order(
        id=str(5_000_000 + number),
        customer=Customer(customer, email, name) if customer or email else None,
        updated_at=max(changed),
        placed_at=placed,
        paid_at=paid,
        cancelled_at=cancelled,
        currency=currency,
        lines=(Line("1", product, 1, cents, gift_card=gift_card),),
        name=f"#{number}",
        shipping_minor=shipping,
        codes=codes,
        refunds=(Refund("r1", refunded[0], (RefundLine("1", refunded[1]),)),) if refunded else (),
    )


def found(works: Works, platform: str = "shopify", *, japanese: bool = False, domain: str | None = None) -> Story:
    """Connect a shop at the story's beginning."""
    works.clock.now = START  # type: ignore[attr-defined]
    shop = NewShop(
        platform=platform,
        domain=domain or ("mado.example" if japanese else "tidewell.myshopify.com"),
        name="窓と森" if japanese else "Tidewell",
        currency="JPY" if japanese else "USD",
        zone="Asia/Tokyo" if japanese else "America/New_York",
        locale="ja" if japanese else "en",
        external_id=None,
        prices_include_tax=japanese,
        home_url="https://mado.example/shop" if japanese else "https://tidewell.example",
        values={"access_token": "shpat_1"},
    )
    with unit_of_work(works.engine) as session:
        programme_id, shop_id = connect_shop(session, works.cipher, shop, START)
    return Story(works, programme_id, shop_id, platform)


PEOPLE = {
    "101": ("Maya Lindqvist", "maya.l@lindqvist.example"),
    "102": ("Hana Brandt", "hana@brandtstudio.example"),
    "103": ("Tomás Okafor", "t.okafor@postbox.example"),
    "104": ("Ravi Sandhu", "ravi.sandhu@mailhouse.example"),
    "105": ("Camille Étienne", "camille@atelier-e.example"),
    "106": ("Yuki Watanabe", "yuki.w@postbox.example"),
    "107": ("Amara Bello", "amara@bello.example"),
    "108": ("Jonas Petrov", "jonas.p@mailhouse.example"),
    "109": ("Leonor Kask", "leonor@kask.example"),
}


def a_year(works: Works) -> Story:
    """Tell Tidewell's year: everything that can happen to points happens to someone."""
    story = found(works)
    for index, (customer, (name, email)) in enumerate(PEOPLE.items()):
        story.tell(day(2 + 9 * index), SignUp(Customer(customer, email, name), day(2 + 9 * index)))
    story.tell(day(30), order(10301, "101", day(30), 8640))
    story.tell(day(62), order(10322, "102", day(62), 21050))
    story.tell(day(75), order(10331, "105", day(75), 43900))
    story.tell(day(110), order(10352, "107", day(110), 9980))
    story.tell(day(150), order(10368, "101", day(150), 6420, product="2"))
    story.tell(day(151), Review("rev1", Customer("101"), "1", day(151), day(151), approved=True, rating=5))
    story.tell(day(152), Review("rev2", Customer("101"), "9", day(152), day(152), approved=True, rating=5))
    story.tell(day(160), order(10371, "109", day(160), 12600))
    story.tell(day(175), order(10377, "102", day(175), 15990))
    story.tell(day(200), order(10391, "101", day(200), 7850))
    story.tell(day(204), order(10391, "101", day(200), 7850, refunded=(day(204), 950)))
    story.adjust(day(210), "101", 100, "Sorry your parcel was late", key="a" * 32, actor="shopify:548380009")
    story.redeem(day(220), "101", "red1", "five_off", "TIDE-4HX9-R2")
    story.tell(
        day(221), order(10402, "101", day(221), 3150, codes=(CodeUse("TIDE-4HX9-R2", 500),)),
        Referral("ref1", Customer("101"), Customer("108", PEOPLE["108"][1], PEOPLE["108"][0]), day(221)),
    )  # fmt: skip
    story.tell(day(230), order(10411, "108", day(230), 4200))
    story.redeem(day(240), "105", "red2", "ten_off", "TIDE-77QK-M4")
    story.tell(day(262), order(10440, "103", day(262), 18400))
    story.tell(day(270), order(10455, "104", day(270), 5100))
    story.tell(day(275), order(10455, "104", day(270), 5100, cancelled=day(275)))
    story.tell(day(285), order(10466, "102", day(285), 12800, shipping=600))
    story.redeem(day(291), "102", "red3", "five_off", "TIDE-9P2C-LL", issued=False)
    story.work_off(lost="CODE_DIFFERS")
    story.work_off()
    story.tell(day(293), order(10478, "106", day(293), 1575))
    story.tell(day(294), order(10479, "107", day(294), 6000, gift_card=True))
    story.tell(day(295), order(10480, None, day(295), 2600, email="guest@somewhere.example", name="Ingrid Holm"))
    story.tell(day(296), order(10481, "103", day(296), 7710))
    story.tell(day(299), order(10482, "101", day(299), 3150))
    story.tell(day(299.5), order(10483, "109", None, 5400, placed=day(299.5)))
    story.deliver(day(299.8), "orders/updated", "wh-1", b"{not json")
    story.look_over(day(299.995), missed=1)
    story.at(NOW)
    story.work_off()
    return story


JAPANESE = {
    "201": ("佐藤 美咲", "misaki@satoh.example"),
    "202": ("高橋 悠", "yu.takahashi@mori.example"),
    "203": ("岡田 拓海", "takumi@okada.example"),
    "204": ("林 花", "hana@hayashi.example"),
}


def a_year_in_japan(works: Works) -> Story:
    """Tell a part of Mado's year: yen, a store of WooCommerce, names written family first."""
    story = found(works, "woocommerce", japanese=True)
    for index, (customer, (name, email)) in enumerate(JAPANESE.items()):
        story.tell(day(2 + 9 * index), SignUp(Customer(customer, email, name), day(2 + 9 * index)))
    story.tell(day(40), order(20301, "201", day(40), 9800, currency="JPY"))
    story.tell(day(120), order(20352, "202", day(120), 18600, currency="JPY"))
    story.tell(day(150), order(20368, "201", day(150), 7200, product="2", currency="JPY"))
    story.tell(day(151), Review("rev1", Customer("201"), "1", day(151), day(151), approved=True, rating=5))
    story.tell(day(200), order(20391, "201", day(200), 8600, currency="JPY"))
    story.tell(day(204), order(20391, "201", day(200), 8600, refunded=(day(204), 1900), currency="JPY"))
    story.adjust(day(210), "201", 100, "お届けが遅れたお詫びに", key="a" * 32)
    story.redeem(day(220), "201", "red1", "five_off", "MADO-4HX9-R2")
    story.tell(day(296), order(20481, "203", day(296), 12400, currency="JPY"))
    story.tell(day(299), order(20482, "201", day(299), 6300, currency="JPY"))
    story.tell(day(299.4), order(20483, "204", day(299.4), 3600, currency="JPY"))
    story.deliver(day(299.8), "order.updated", "wh-1", b"{not json")
    story.look_over(day(299.995))
    story.at(NOW)
    story.work_off()
    return story


def instant(text: str) -> datetime:
    """Return an instant written as ISO 8601 in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


__all__ = ["PEOPLE", "START", "AuditRow", "Story", "a_year", "a_year_in_japan", "day", "found", "instant", "order"]
