"""The two tales, in the words and amounts of each store: what is bought, what it gives, what people read."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.walk.people import Name


@dataclass(frozen=True, slots=True)
class Texts:
    """What people read, in the store's language; gaps are filled on the way."""

    order: str
    """An order's name as the platform tells it."""
    day: str
    on_the_way: str
    order_on_the_way: str
    joined: str
    team: str
    quoted: str
    five_off: str
    worth: str
    ready: str
    used_on_order: str
    turned_back: str
    explained: str
    nothing_left: str
    friends_deal: str
    bought: str
    on_its_way_for_advocate: str


@dataclass(frozen=True, slots=True)
class Tale:
    """One store's tale. Points are whole; prices are as the store prints them."""

    platform: str
    zone: str
    shopper: Name
    called: str
    """How the merchant's pages name the shopper."""
    friend: Name
    reason: str
    first_goods: str
    first_points: int
    goods: tuple[str, str]
    """What the code is used on; the second is sent back."""
    types_codes: bool
    """Whether the shopper types the code into the cart; else the widget's link takes it there."""
    price: str
    lowered: str
    points: int
    points_after_refund: int
    friends_goods: str
    friends_price: str
    friends_lowered: str
    texts: Texts
    signed_up: int = 100
    goodwill: int = 600
    cost: int = 500
    advocate: int = 500

    def day(self, at: datetime) -> str:
        """Return a day within half a year as the widget writes it."""
        there = at.astimezone(ZoneInfo(self.zone))
        return self.texts.day.format(month=f"{there:%b}", number=there.month, day=there.day)


TIDEWELL = Tale(
    platform="shopify",
    zone="America/New_York",
    shopper=Name("Maya", "Lind", "maya@example.test"),
    called="Maya Lind",
    friend=Name("Jonas", "Berg", "jonas@example.test"),
    reason="Sorry your parcel was late",
    first_goods="gooseneck-kettle",
    first_points=480,  # 96.00 at 5 points for each 1.00
    goods=("stoneware-mug", "cone-filters"),
    types_codes=False,
    price="$39.32",  # 24.00 + 9.00, 4.50 for delivery, 5.5 % tax on the goods
    lowered="$34.04",
    points=140,  # 28.00: 33.00 less 5.00
    points_after_refund=101,  # 20.36: the filters were 9.00 less 1.36, their part of the 5.00
    friends_goods="tasting-set",
    friends_price="$34.57",
    friends_lowered="$31.56",  # 28.50 less 10 %
    texts=Texts(
        order="#{number}",
        day="{month} {day}",
        on_the_way="{points} on {day}",
        order_on_the_way="Order {order}. Yours on {day}",
        joined="Joined Tidewell",
        team="From the Tidewell team",
        quoted="“Sorry your parcel was late”",
        five_off="$5.00 off",
        worth="points, worth $7.00",
        ready="Ready",
        used_on_order="Used on order {order}",
        turned_back="Turned back into points",
        explained="Order {order} earned {points} points",
        nothing_left="Order {order} earned nothing",
        friends_deal="10% off on your first order",
        bought="Bought on {day}",
        on_its_way_for_advocate="+{points} on {day}",
    ),
)

MADO = Tale(
    platform="woocommerce",
    zone="Asia/Tokyo",
    shopper=Name("結衣", "佐藤", "yui@example.test"),
    called="結衣 佐藤",
    friend=Name("蓮", "高橋", "ren@example.test"),
    reason="お届けが遅れたお詫びに",
    first_goods="hirazara",
    first_points=190,  # ¥3,800 without tax at 5 points for each ¥100
    goods=("kohiki-meshiwan", "torihachi"),
    types_codes=True,
    price="¥6,160",  # ¥3,300 + ¥2,200 with tax in them, ¥660 for delivery
    lowered="¥5,660",
    points=227,
    points_after_refund=136,
    friends_goods="hirazara",
    friends_price="¥4,840",
    friends_lowered="¥4,422",  # ¥4,180 less 10 %
    texts=Texts(
        order="{number}",
        day="{number}月{day}日",
        on_the_way="{points} ・ {day}",
        order_on_the_way="注文 {order}。待ち期間が終わる{day}に加算されます。",
        joined="窓と森へのご登録",
        team="窓と森より",
        quoted="「お届けが遅れたお詫びに」",
        five_off="¥500引き",
        worth="ポイント(700円分)",
        ready="使えます",
        used_on_order="注文 {order}で使用",
        turned_back="ポイントへ戻しました",
        explained="注文 {order} で{points}ポイントが付与されました。",
        nothing_left="注文 {order} はポイント対象外です。",
        friends_deal="初めてのお買い物が10%引き",
        bought="{day}にお買い物",
        on_its_way_for_advocate="{day}に+{points}",
    ),
)
