"""Every word of the pages exists in every language, and numbers, money and time are written as people write them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import Final

import pytest
from babel import Locale
from markupsafe import Markup

from app.db import privacy, tasks
from app.db.outbox import EffectKind
from app.db.overview import TroubleKind
from app.db.referral_desk import View
from app.db.service_cases import View as CaseView
from app.db.untold import Matter
from app.loyalty.errors import NotAtThisShopError, SoldOutError
from app.loyalty.facts import Duty
from app.loyalty.hearing.drivers import Driver
from app.loyalty.hearing.recovery import CaseKind, Step
from app.loyalty.hearing.replies import USUAL
from app.loyalty.hearing.surveys import SurveyKind
from app.loyalty.ledger.books import Stage
from app.loyalty.ledger.postings import Reason
from app.loyalty.money import Rounding
from app.loyalty.redeeming.picks import Because
from app.loyalty.terms.programme import Downgrade, Measure, WindowKind
from app.loyalty.terms.rewards import REWARDS
from app.loyalty.terms.rules import RULES
from app.loyalty.terms.segments import CONDITIONS
from app.loyalty.terms.suspicion import Decision, SignalCode
from app.web.pages.activity import KINDS
from app.web.pages.blueprint import PLACES
from app.web.pages.hearing import SPANS
from app.web.pages.words import LANGUAGES, Measures, Message, Words, catalogue, choose_language

ROOT: Final = Path(__file__).parents[3]
SOURCES: Final = "\n".join(
    path.read_text("utf-8")
    for folder, kind in (("app/web/pages", "*.py"), ("app/web/storefront", "*.py"), ("app/web/templates", "*.html"))
    for path in sorted((ROOT / folder).glob(kind))
)
SAID: Final = re.compile(r"""(?:\bt|words|words\.plain)\(\s*f?["']([a-zA-Z_.]+(?:\{|["']))""")
FAMILIES: Final = (
    "count.",
    "health.", "activity.", "link.", "shop.state.", "platform.", "told.", "source.", "reason.", "next.", "customer.",
    "missing.", "need.", "effect.", "failure.", "figure.", "code.stage.", "rule.", "term.", "tiers.", "window.",
    "rounding.", "actor.", "place.", "gift.", "signal.", "desk.", "hearing.", "why.", "untold.",
    "overdue.", "programme.hook.", "give.error.", "task.", "case.", "forget.error.", "privacy.duty.", "privacy.state.",
)  # fmt: skip
"""Beginnings of ids that are put together from a code; the tests below name every code there is."""


def forms(message: Message) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_language_has_every_message() -> None:
    assert {code: set(catalogue(code)) ^ set(catalogue("en")) for code in LANGUAGES} == {
        code: set() for code in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_and_each_counts_in_every_plural_form_of_its_language(language: str) -> None:
    wanted = set(Locale.parse(language).plural_form.tags) | {"other"}
    bare = {"join.notes.end"}  # Japanese notes end without a sign

    for message_id, message in catalogue(language).items():
        assert all(form.strip() for form in forms(message)) or message_id in bare, message_id
        if not isinstance(message, str):
            assert set(message) == wanted, message_id


def test_every_language_says_the_same_things_in_a_message() -> None:
    for message_id, english in catalogue("en").items():
        named = set().union(*(fields(form) for form in forms(english)))
        for language in LANGUAGES:
            there = catalogue(language)[message_id]
            assert isinstance(there, str) == isinstance(english, str), message_id
            for form in forms(there):
                # A language may leave a number out where a form says it by itself, never bring in another.
                assert fields(form) <= named, (language, message_id)
            assert set().union(*(fields(form) for form in forms(there))) >= named - {"per", "place"}, (
                language,
                message_id,
            )


def test_japanese_is_not_left_in_english() -> None:
    same = {
        key
        for key, text in catalogue("en").items()
        if catalogue("ja")[key] == text and forms(text)[0].strip("{}").isalpha()
    }

    assert same <= {
        "platform.shopify", "platform.woocommerce", "friend.due", "connected.line", "hearing.kind.nps",
        "hearing.kind.csat",
    }  # fmt: skip


def test_every_message_asked_for_exists() -> None:
    asked = {found[:-1] for found in SAID.findall(SOURCES) if not found.endswith("{")}
    missing = {
        key
        for key in asked
        if key not in catalogue("en") and not any(known.startswith(key) for known in catalogue("en"))
    }

    assert len(asked) > 200
    assert missing == set()


def test_no_message_is_kept_that_nobody_says() -> None:
    unsaid = {
        key
        for key in catalogue("en")
        if not re.search(rf"""["']{re.escape(key)}["']""", SOURCES)
        and not key.startswith(FAMILIES)
        and not key.startswith("join.")
    }

    assert unsaid == set()


def test_every_code_of_the_trade_has_its_words() -> None:
    words = Words("en")
    plain = set(Reason) - {Reason.AWARD, Reason.TAKE_BACK, Reason.GIVE_BACK}
    kinds = ("order", "review", "sign_up", "referral", "tier", "other")
    less = ("cancelled", "refund", "changed", "review", "referral", "tier", "other")
    wanted = {
        *(f"need.{kind.value}{part}" for kind in TroubleKind for part in ("", ".text")),
        *(f"task.{part}" for view in tasks.View for part in (f"view.{view}", f"empty.{view}", f"empty.{view}.text")),
        *(f"task.{state}{end}" for state in ("done", "cancelled") for end in ("", ".by")),
        *(f"forget.error.{field}" for field in ("why", "sure")),
        *(f"privacy.duty.{duty.value}" for duty in Duty),
        *(f"privacy.state.{state.value}" for state in privacy.State),
        *(f"give.error.{error.code}" for error in (SoldOutError, NotAtThisShopError)),
        *(f"effect.{kind.value}" for kind in EffectKind),
        *(f"code.stage.{stage.value}" for stage in Stage),
        *(f"told.{reason.value}" for reason in plain),
        *(f"told.{told}.{kind}" for told in ("award", "nothing") for kind in kinds),
        *(f"told.take_back.{kind}" for kind in less),
        *(f"told.give_back.{stage}" for stage in ("returned", "expired", "failed")),
        *(f"rule.{rule}" for rule in RULES),
        *(f"gift.{kind}" for kind in REWARDS),
        *(f"{at}.{rounding.value}" for at in ("rule.amount", "rounding") for rounding in Rounding),
        *(f"tiers.measure.{measure.value}" for measure in Measure),
        *(f"tiers.{downgrade.value}" for downgrade in Downgrade),
        *(f"window.{kind.value}" for kind in WindowKind),
        *(f"figure.{figure}" for figure in KINDS if figure != "all"),
        *(f"activity.{at}" for kind in KINDS for at in (kind, f"empty.{kind}", f"empty.{kind}.text")),
        *(place.words for place in PLACES),
        *(f"signal.{code.value}" for code in SignalCode),
        *(f"desk.{at}" for view in View for at in (f"view.{view.value}", f"empty.{view.value}")),
        *(f"desk.said.{decision.value}" for decision in Decision),
        *(f"hearing.{at}.{kind.value}" for at in ("kind", "parts", "good", "bad") for kind in SurveyKind),
        *(f"hearing.{at}.{driver.value}" for at in ("by", "driver") for driver in Driver),
        *(f"hearing.span.{span}" for span in SPANS),
        *(f"why.{kind}" for kind in set(CONDITIONS) - {"tier", "standing", "segment"}),
        *(
            f"why.{kind}.days"
            for kind, made in CONDITIONS.items()
            if kind != "score" and "days" in made.__dataclass_fields__
        ),
        *(f"why.{because.value}" for because in set(Because) - {Because.FOR_YOU}),
        *(f"untold.{matter.value}{end}" for matter in Matter for end in ("", ".failed")),
        *(f"overdue.{what}{part}" for what in ("cases", "promises", "tasks") for part in ("", ".text")),
        *(f"programme.hook.{by}" for by in ("customer", "email")),
        *(f"case.step.{step.value}" for step in Step),
        *(f"case.usual.{template.id}" for template in USUAL),
        *(f"case.{at}.{view.value}" for at in ("view", "empty") for view in CaseView),
        *(f"case.about.{kind.value}" for kind in CaseKind),
    }

    assert {key for key in wanted if not words.has(key)} == set()


def test_every_reason_why_nothing_is_due_has_a_sentence_and_an_order_a_next_step() -> None:
    """The codes are read out of the trade itself, so that a new one cannot go unworded."""
    words = Words("en")
    judges = [
        *(ROOT / "app/loyalty").rglob("*dues.py"),
        ROOT / "app/loyalty/judging/limits.py",
        ROOT / "app/loyalty/members/budgets.py",
        ROOT / "app/loyalty/judging/referrals.py",
        *(ROOT / "app/loyalty/terms/rules").glob("*.py"),
    ]
    codes = {code for path in judges for code in re.findall(r'"([A-Z]+(?:_[A-Z]+)*)"', path.read_text("utf-8"))}
    codes -= {"RULES"}
    of_orders = {
        "BEFORE_PROGRAMME",
        "OTHER_CURRENCY",
        "CANCELLED",
        "NO_RULE",
        "ROUNDED_TO_ZERO",
        "REFUNDED",
        "NOTHING_PAID_FOR_GOODS",
        "NOT_THIS_ORDER",
        "DAY_CAP",
        "BUDGET_USED_UP",
    }

    assert of_orders <= codes
    assert {code for code in codes if not words.has(f"reason.{code}")} == set()
    assert {code for code in of_orders if not (words.has(f"next.{code}") and words.has(f"customer.{code}"))} == set()


# -- numbers, money, time ----------------------------------------------------------------------------------------------


def test_money_is_written_with_the_decimals_of_its_currency() -> None:
    english, japanese = Words("en"), Words("ja")

    assert (english.money(124050), english.money(-950), english.price(100), english.price(50)) == (
        "$1,240.50",
        "−$9.50",
        "$1",
        "$0.50",
    )
    assert (japanese.money(1200, "JPY"), english.money(1200, "JPY")) == ("¥1,200", "¥1,200")
    assert english.money(1250, "KWD").endswith("1.250")


def test_points_have_their_word_in_the_right_number() -> None:
    assert [str(Words("en").points(n)) for n in (0, 1, 1240)] == ["0 points", "1 point", "1,240 points"]
    assert [str(Words("ja").points(n)) for n in (1, 1240)] == ["1ポイント", "1,240ポイント"]


def test_points_with_decimals_and_cashback_are_written_as_such() -> None:
    halves, cash = Words("en", Measures(decimals=2)), Words("en", Measures(unit="EUR", currency="EUR"))

    assert (halves.amount(1250), str(halves.points(1250)), halves.amount(-5, signed=True)) == (
        "12.50",
        "12.50 points",
        "−0.05",
    )
    assert (cash.amount(1250, signed=True), str(cash.points(1250))) == ("+€12.50", "€12.50")


def test_time_is_told_in_the_shops_zone() -> None:
    night = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    york, tokyo = Words("en", Measures(zone="America/New_York")), Words("ja", Measures(zone="Asia/Tokyo"))

    assert (york.on(night), york.time(night)) == ("21 Nov 2026", "21:30")
    assert str(tokyo.moment(night)) == "2026年11月22日 11:30"
    assert (york.place, tokyo.place) == ("New York", "東京")
    assert york.day(night, night) == "21 Nov"
    assert york.day(night, night + timedelta(days=400)) == "21 Nov 2026"


def test_how_long_ago_is_said_in_words() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    assert Words("en").ago(now - timedelta(seconds=20), now) == "just now"
    assert Words("en").ago(now - timedelta(minutes=2), now) == "2 minutes ago"
    assert Words("ja").ago(now - timedelta(hours=3), now).replace(" ", "") == "3時間前"


def test_what_people_typed_stays_text() -> None:
    said = Words("en")("why.nothing", order="<script>", why=Markup("<b>no</b>"))

    assert "&lt;script&gt;" in said
    assert "<b>no</b>" in said
    assert Words("en").plain("adjust.reversal", note="2 < 3 & <b>") == "Reversed: 2 < 3 & <b>"


def test_the_language_is_the_first_we_speak() -> None:
    assert choose_language(None, "fr-CA", "ja_JP", "en") == "ja"
    assert choose_language("de", None) == "en"
