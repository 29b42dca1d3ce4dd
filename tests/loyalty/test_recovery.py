"""Making good: when a case is overdue to the instant, how quickly cases are answered, and texts that never break."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.hearing.recovery import Answered, Promptness, Recovery, is_low, is_overdue, promptness
from app.loyalty.hearing.replies import USUAL, Template, faults, filled, first_name
from app.loyalty.hearing.surveys import Survey, SurveyKind
from app.loyalty.publishing.soundness import Problem, problems
from tests.factories.instants import instant
from tests.factories.programmes import version

AT = instant("2025-02-01")
HOUR = timedelta(hours=1)


def case(answered: timedelta | None = None, opened: timedelta = timedelta()) -> Answered:
    due = Recovery(hours=24).due_at(AT + opened)
    return Answered(AT + opened, due, AT + opened + answered if answered is not None else None)


@pytest.mark.parametrize(
    ("now", "overdue"), ((24 * HOUR - timedelta(microseconds=1), False), (24 * HOUR, True), (30 * HOUR, True))
)
def test_a_case_turns_overdue_at_the_stated_instant(now: timedelta, *, overdue: bool) -> None:
    assert is_overdue(case(), AT + now) is overdue
    assert not is_overdue(case(2 * HOUR), AT + now)


def test_the_time_to_the_first_answer_is_worked_out_by_hand() -> None:
    # Answered after 1, 2, 10 and 30 hours; two wait, one of them for 26 hours
    cases = [case(1 * HOUR), case(2 * HOUR), case(10 * HOUR), case(30 * HOUR), case(), case(opened=20 * HOUR)]

    assert promptness(cases, AT + 26 * HOUR) == Promptness(4, 3, 2, 1, 6 * HOUR)
    assert promptness(cases[:3], AT + 26 * HOUR).median == 2 * HOUR
    assert promptness([], AT) == Promptness(0, 0, 0, 0, None)


def test_answered_at_the_very_instant_it_was_due_is_late() -> None:
    assert promptness([case(24 * HOUR)], AT + 48 * HOUR).in_time == 0


@pytest.mark.parametrize(
    ("low", "score", "found"), ((2, 2, True), (2, 3, False), (None, 0, False), (2, None, False), (0, 0, True))
)
def test_a_score_as_low_as_the_threshold_is_low(low: int | None, score: int | None, *, found: bool) -> None:
    assert is_low(low, score) is found


@pytest.mark.parametrize(
    ("text", "values", "said"),
    (
        ("Dear {name|customer}", {"name": "Maya"}, "Dear Maya"),
        ("Dear {name|customer}", {"name": None}, "Dear customer"),
        ("Dear {name|customer}", {"name": ""}, "Dear customer"),
        ("Dear {name|customer}", {}, "Dear customer"),
        ("Dear {name}", {}, "Dear "),
        ("{name|x}", {"name": "{score}"}, "{score}"),
        ("no fields, a { brace", {}, "no fields, a { brace"),
    ),
)
def test_a_field_that_is_not_known_says_something_fitting(text: str, values: dict[str, str | None], said: str) -> None:
    assert filled(text, values) == said


@given(st.text(), st.dictionaries(st.sampled_from(["name", "order", "shop"]), st.none() | st.text()))
def test_no_text_breaks_whatever_is_known(text: str, values: dict[str, str | None]) -> None:
    assert isinstance(filled(text, values), str)
    assert filled("{name|you} {order|it}", values).strip()


@pytest.mark.parametrize(
    ("name", "language", "called"),
    (
        ("Maya Lind", "en", "Maya"),
        ("山田 花子", "ja", "山田様"),
        ("", "ja", None),
        (None, "en", None),
        (" ", "en", None),
    ),
)
def test_people_are_called_as_their_language_is_polite(name: str | None, language: str, called: str | None) -> None:
    assert first_name(name, language) == called


@pytest.mark.parametrize("language", ("en", "ja"))
def test_the_usual_texts_are_whole_in_every_language(language: str) -> None:
    for template in USUAL:
        assert list(faults(template.text[language])) == []
        assert "{" not in filled(template.words(language), {"shop": "Tidewell"})
        assert "Tidewell" in filled(template.words(language), {"shop": "Tidewell"})


def test_a_text_is_taken_in_the_members_language_else_in_english_else_in_any() -> None:
    both = Template("t", {"en": "Sorry", "ja": "すみません"})
    assert (both.words("ja"), both.words("de"), Template("t", {"fr": "Pardon"}).words("ja")) == (
        "すみません", "Sorry", "Pardon",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    (
        ("Dear {name|customer}, {shop}", []),
        ("{nmae|you}", [("UNKNOWN_FIELD", "nmae")]),
        ("{name}", [("NO_FALLBACK", "name")]),
        ("{product| }", [("NO_FALLBACK", "product")]),
    ),
)
def test_a_text_that_would_say_nonsense_is_not_published(text: str, found: list[tuple[str, str]]) -> None:
    terms = replace(version(), recovery=Recovery(templates=(Template("t", {"en": text}),)))
    place = ("recovery", "templates", 0, "text", "en")

    assert problems(terms) == [Problem(place, code, {"field": field}) for code, field in found]


def test_a_threshold_that_every_answer_is_below_is_not_published() -> None:
    survey = Survey("s", SurveyKind.CSAT, "t", low=5)
    assert problems(replace(version(), surveys=(survey,))) == [
        Problem(("surveys", 0, "low"), "TOO_LARGE", {"maximum": 4})
    ]
    stars = replace(version(), recovery=Recovery(low_rating=5))
    assert problems(stars) == [Problem(("recovery", "low_rating"), "TOO_LARGE", {"maximum": 4})]
    hours = replace(version(), recovery=Recovery(hours=0))
    assert problems(hours) == [Problem(("recovery", "hours"), "TOO_SMALL", {"minimum": 1})]
