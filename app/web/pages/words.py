"""What the pages say, in the reader's language: messages by id with plural rules; numbers, money, time."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent
from markupsafe import Markup

from app.loyalty.money import exponent, to_major

LANGUAGES: Final = ("en", "ja")
LANGUAGE_NAMES: Final[Mapping[str, str]] = {"en": "English", "ja": "日本語"}
_MESSAGES: Final = Path(__file__).with_name("messages")
_PATTERNS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "date": "d MMM y", "day": "d MMM", "month": "MMMM y", "time": "HH:mm", "moment": "d MMM y, HH:mm",
        "today": "EEEE d MMMM y, HH:mm",
    },
    "ja": {
        "date": "y年M月d日", "day": "M月d日", "month": "y年M月", "time": "H:mm", "moment": "y年M月d日 H:mm",
        "today": "y年M月d日(EEE) H:mm",
    },
}  # fmt: skip

Message = str | Mapping[str, str]


@cache
def catalogue(language: str) -> Mapping[str, Message]:
    """Return all messages of a language by id; a message that counts has one form per plural category."""
    found: dict[str, Message] = json.loads((_MESSAGES / f"{language}.json").read_text(encoding="utf-8"))
    return found


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def choose_language(*wishes: str | None) -> str:
    """Return the first wish we speak, by its language alone (``ja-JP`` is ``ja``); English where there is none."""
    for wish in wishes:
        language = (wish or "").replace("_", "-").partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class Measures:
    """What amounts are written in: the points' unit and decimals, the money's currency, the clock's zone."""

    unit: str = "points"
    decimals: int = 0
    currency: str = "USD"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Words:
    """One reader's language and one programme's measures."""

    language: str
    measures: Measures = Measures()

    def __call__(self, message_id: str, **values: object) -> Markup:
        """Return a message with its values, safe to stand in HTML.

        A message with plural forms is chosen by ``n``. Whole numbers are written in the reader's way; what is no Markup
        is escaped. Raises KeyError for an id nobody translated.
        """
        message = catalogue(self.language)[message_id]
        if not isinstance(message, str):
            number = values["n"]
            category = _locale(self.language).plural_form(number if isinstance(number, int) else 0)
            message = message.get(category, message["other"])
        written = {
            name: self.number(value) if isinstance(value, int) and not isinstance(value, bool) else value
            for name, value in values.items()
        }
        return Markup(message).format(**written)  # noqa: S704 - messages are ours; format() escapes the values

    def plain(self, message_id: str, **values: object) -> str:
        """Return a message as mere text: for the field of a form, or what is copied."""
        return self(message_id, **values).striptags()

    def has(self, message_id: str) -> bool:
        """Say whether there is such a message."""
        return message_id in catalogue(self.language)

    # -- numbers --------------------------------------------------------------------------------------------------

    def number(self, value: int | Decimal) -> str:
        """Return a plain number; minus is the minus sign."""
        written: str = format_decimal(value, locale=_locale(self.language), decimal_quantization=False)
        return written.replace("-", "−")

    def amount(self, steps: int, *, signed: bool = False) -> str:
        """Return an amount of the unit (smallest steps) without its word: ``1,240``, signed ``+126`` or ``−38``."""
        plus = "+" if signed and steps > 0 else ""
        if self.measures.unit != "points":
            return plus + self.money(steps, self.measures.unit)
        value = Decimal(steps).scaleb(-self.measures.decimals)
        pattern = "#,##0" + ("." + "0" * self.measures.decimals if self.measures.decimals else "")
        written: str = format_decimal(value, format=pattern, locale=_locale(self.language))
        return plus + written.replace("-", "−")

    def points(self, steps: int) -> Markup:
        """Return an amount of the unit with its word: ``1,240 points``."""
        if self.measures.unit != "points":
            return Markup.escape(self.amount(steps))
        whole = steps if self.measures.decimals == 0 else 2
        return self("points", n=whole, amount=self.amount(steps))

    def money(self, minor: int, currency: str | None = None) -> str:
        """Return money (minor units) with its sign and decimals: ``$5.00``, ``¥1,200``."""
        return self._money(minor, currency or self.measures.currency, whole=False)

    def price(self, minor: int, currency: str | None = None) -> str:
        """Return money without decimals that say nothing: ``$1``, ``$0.50``."""
        currency = currency or self.measures.currency
        return self._money(minor, currency, whole=minor % 10 ** exponent(currency) == 0)

    def _money(self, minor: int, currency: str, *, whole: bool) -> str:
        locale = _locale(self.language)
        decimals = "" if whole or not exponent(currency) else "." + "0" * exponent(currency)
        pattern: str = locale.currency_formats["standard"].pattern
        written: str = format_currency(
            to_major(minor, currency), currency, pattern.replace(".00", decimals), locale=locale, currency_digits=False
        )
        # Japanese fonts' own yen sign is twice as wide as the digits beside it.
        return written.replace("-", "−").replace("\uffe5", "\u00a5")

    def percent(self, basis_points: int) -> str:
        """Return hundredths of a percent as a percentage: 1500 is ``15%``."""
        written: str = format_percent(
            Decimal(basis_points).scaleb(-4), locale=_locale(self.language), decimal_quantization=False
        )
        return written

    def listed(self, parts: Sequence[str | Markup]) -> Markup:
        """Return things in a row as people list them; what is no Markup is escaped."""
        if not parts:
            return Markup()
        return Markup(format_list([str(Markup.escape(part)) for part in parts], locale=_locale(self.language)))  # noqa: S704 - each part escaped

    def one_of(self, parts: Sequence[str | Markup]) -> Markup:
        """Return things of which any will do, as people list them; what is no Markup is escaped."""
        if not parts:
            return Markup()
        escaped = [str(Markup.escape(part)) for part in parts]
        return Markup(format_list(escaped, style="or", locale=_locale(self.language)))  # noqa: S704 - each part escaped

    def sentences(self, parts: Sequence[str | Markup]) -> Markup:
        """Return short sentences one after the other; what is no Markup is escaped."""
        return self("join.sentences").join(parts) + self("join.sentences.end") if parts else Markup()

    def notes(self, parts: Sequence[str | Markup]) -> Markup:
        """Return what belongs to a row in small print, one thing after the other; what is no Markup is escaped."""
        end = self("join.notes.end") if len(parts) > 1 else Markup()
        return self("join.notes").join(parts) + end

    # -- time -----------------------------------------------------------------------------------------------------

    def _write(self, instant: datetime, pattern: str) -> str:
        written: str = format_datetime(
            instant, _PATTERNS[self.language][pattern], tzinfo=get_timezone(self.measures.zone),
            locale=_locale(self.language),
        )  # fmt: skip
        return written

    def on(self, instant: datetime) -> str:
        """Return the local date: ``18 Nov 2026``."""
        return self._write(instant, "date")

    def day(self, instant: datetime, now: datetime) -> str:
        """Return the local day, with its year only where it is another than now's: ``18 Nov``."""
        zone = get_timezone(self.measures.zone)
        same_year = instant.astimezone(zone).year == now.astimezone(zone).year
        return self._write(instant, "day" if same_year else "date")

    def month(self, instant: datetime) -> str:
        """Return the local month: ``November 2026``."""
        return self._write(instant, "month")

    def time(self, instant: datetime) -> str:
        """Return the local time: ``14:02``."""
        return self._write(instant, "time")

    def moment(self, instant: datetime, now: datetime | None = None) -> Markup:
        """Return local day and time: ``18 Nov, 14:02``; with the year unless it is now's."""
        if now is None:
            return Markup.escape(self._write(instant, "moment"))
        return self("moment", day=self.day(instant, now), time=self.time(instant))

    def today(self, now: datetime) -> str:
        """Return the whole date with its weekday and the time."""
        return self._write(now, "today")

    def calendar(self, day: date) -> str:
        """Return a calendar day that belongs to no zone."""
        written: str = format_date(day, _PATTERNS[self.language]["date"], locale=_locale(self.language))
        return written

    def year_day(self, month: int, day: int) -> str:
        """Return a day that comes every year: ``1 Mar``."""
        leap = date(2024, month, day)
        written: str = format_date(leap, _PATTERNS[self.language]["day"], locale=_locale(self.language))
        return written

    def ago(self, instant: datetime, now: datetime) -> str:
        """Return how long ago something was: ``2 minutes ago``; under a minute it is now."""
        seconds = int((now - instant).total_seconds())
        if seconds < 60:  # noqa: PLR2004 - a minute
            return str(self("now"))
        written: str = format_timedelta(
            -(now - instant), granularity="minute", threshold=0.99, add_direction=True, locale=_locale(self.language)
        )
        return written

    @property
    def place(self) -> str:
        """Return the place that names the programme's zone: ``New York``."""
        location: str = get_timezone_location(
            get_timezone(self.measures.zone), locale=_locale(self.language), return_city=True
        )
        return location
