"""Tiers by the orders of a year, and at each milestone a choice of one of several rewards."""

from datetime import datetime
from decimal import Decimal

from app.loyalty.templates.template import Template, in_language, whole
from app.loyalty.terms.programme import Expiry, Ladder, Level, Measure, Reward, Version, Window, WindowKind
from app.loyalty.terms.rewards import AmountOff, Choice, FreeShipping, Percentage, Service
from app.loyalty.terms.rules import AmountRule

_NAMES = {"en": ("Guest", "Explorer", "Voyager"), "ja": ("ゲスト", "エクスプローラー", "ボイジャー")}
_TASKS = {"en": ("Send a gift with a note written by hand",), "ja": ("手書きのメッセージを添えた贈り物を送る",)}


def version(currency: str, starts_at: datetime, locale: str) -> Version:
    """Return the programme: 5 points per whole unit, and at 5 and 10 orders of a year one of three for nothing."""
    unit, names = whole(currency), in_language(locale, _NAMES)
    (task,) = in_language(locale, _TASKS)
    choice = Choice(("ten_off", "fifth_off", "gift"))
    return Version(
        starts_at=starts_at,
        pending_days=7,
        expiry=Expiry(days=730),
        earn=(AmountRule(points=Decimal(5), per_minor=unit),),
        tiers=Ladder(
            measure=Measure.ORDERS,
            window=Window(WindowKind.CALENDAR_YEAR),
            grace_days=366,
            levels=(
                Level("guest", 0, (1, 1), 0, names[0]),
                Level("explorer", 5, (6, 5), 0, names[1]),
                Level("voyager", 10, (3, 2), 0, names[2]),
            ),
        ),
        rewards=(
            Reward("ten_off", 1000, AmountOff(10 * unit), code_days=90),
            Reward("fifth_off", 2500, Percentage(2000), code_days=90),
            Reward("shipping", 400, FreeShipping(), code_days=90),
            Reward("gift", 3000, Service(task, 14)),
            Reward("five_orders", 0, choice, code_days=90, level="explorer", limit=1, limit_days=365),
            Reward("ten_orders", 0, choice, code_days=90, level="voyager", limit=1, limit_days=365),
        ),
    )


TEMPLATE = Template(
    "Tiers by the orders of a year, with a choice of one of three at each milestone", "World of Hyatt", version
)
