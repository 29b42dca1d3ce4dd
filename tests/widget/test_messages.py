"""Both languages say everything, with the same gaps to fill, and nothing is said that nobody asks for."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.widget.canned import SOURCES

ALWAYS = {"unit", "shop", "programme"}
"""Placeholders every message may use."""
CATALOGUES: dict[str, dict[str, Any]] = {
    language: json.loads((SOURCES / "messages" / f"{language}.json").read_text("utf-8")) for language in ("en", "ja")
}
LAUNCHER: dict[str, dict[str, Any]] = json.loads((SOURCES / "messages" / "launcher.json").read_text("utf-8"))


def forms(message: str | dict[str, str]) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


def gaps(message: str | dict[str, str]) -> set[str]:
    return {name for form in forms(message) for name in re.findall(r"\{(\w+)\}", form)} - ALWAYS


@pytest.mark.parametrize("pair", (CATALOGUES, LAUNCHER), ids=("panel", "launcher"))
def test_both_languages_have_the_same_messages(pair: dict[str, dict[str, Any]]) -> None:
    assert pair["en"].keys() == pair["ja"].keys()
    assert {name: (gaps(pair["en"][name]), gaps(pair["ja"][name])) for name in pair["en"]} == {
        name: (gaps(pair["en"][name]), gaps(pair["en"][name])) for name in pair["en"]
    }


@pytest.mark.parametrize(("language", "categories"), (("en", {"one", "other"}), ("ja", {"other"})))
def test_plurals_have_the_forms_their_language_has(language: str, categories: set[str]) -> None:
    plurals = {
        name: set(text)
        for name, text in {**CATALOGUES[language], **LAUNCHER[language]}.items()
        if isinstance(text, dict)
    }
    assert plurals
    assert {name: kinds for name, kinds in plurals.items() if kinds != categories} == {}


def test_no_message_is_empty_hurried_or_left_in_english() -> None:
    for language, catalogue in CATALOGUES.items():
        for name, message in catalogue.items():
            for form in forms(message):
                assert form.strip(), name
                assert "!" not in form, f"{language} {name}"
                assert "！" not in form, f"{language} {name}"
                assert "oops" not in form.lower(), f"{language} {name}"
    words = re.compile(r"[A-Za-z]{3}")
    japanese = re.compile(r"[ぁ-んァ-ヶ一-龠]")
    bare = {name: re.sub(r"\{\w+\}", "", " ".join(forms(message))) for name, message in CATALOGUES["ja"].items()}
    assert [name for name, text in bare.items() if words.search(text) and not japanese.search(text)] == []


def test_every_message_is_asked_for_and_every_asked_one_is_there() -> None:
    code = "\n".join(path.read_text("utf-8") for path in Path(SOURCES).rglob("*.js"))
    asked = set(re.findall(r"'((?:[a-z_]+\.)*[a-z_]+)'", code)) | {"unit", "points"}
    built = [re.escape(one).replace(r"\$\{\}", "[A-Za-z_]+") for one in re.findall(r"`([a-z_]+\.[^`]*)`", _bare(code))]
    unasked = [
        name
        for name in CATALOGUES["en"]
        if name not in asked
        and not any(re.fullmatch(pattern, name) for pattern in built)
        and not any(
            re.fullmatch(pattern, name)
            for pattern in (r"history\..+", r"(refer|friend)\.refused\..+", r"error\.[A-Z_]+")
        )
    ]
    assert unasked == []


def test_a_view_asks_only_for_words_that_have_come_with_it() -> None:
    build = (SOURCES.parent / "build.mjs").read_text("utf-8")
    files = dict(re.findall(r"^  (\w+): /(.+)/,$", build, re.MULTILINE))
    assert files.keys() == {"more", "own"}
    later = "|".join(files.values())
    views = SOURCES / "panel" / "views"
    brought = {
        file: set(re.findall(r"from '\./(\w+)\.js'", (views / f"{file}.js").read_text("utf-8"))) for file in files
    }
    assert all(brought.values())
    for file, names in brought.items():
        others = "|".join(words for other, words in files.items() if other != file)
        for name in names:
            said = re.findall(r"['`]([a-z_]+\.[a-z_.]+)", (views / f"{name}.js").read_text("utf-8"))
            assert [one for one in said if re.match(others, one) and one in CATALOGUES["en"]] == [], name
    fetched = set().union(*brought.values())
    first = [path for path in (SOURCES / "panel").rglob("*.js") if path.parent != views or path.stem not in fetched]
    asked = {name for path in first for name in re.findall(r"['`]([a-z_]+\.[a-z_.]+)", path.read_text("utf-8"))}
    assert "home.hello" in asked
    assert {name for name in asked if re.match(later, name) and name in CATALOGUES["en"]} == set()


def _bare(code: str) -> str:
    """The code with what stands inside `${…}` taken out."""
    return re.sub(r"\$\{[^}]*\}", "${}", code)


def test_every_problem_of_the_contract_has_words() -> None:
    from tests.widget.canned import CONTRACT  # noqa: PLC0415  only this test needs it

    codes = set(CONTRACT["$defs"]["problem"]["properties"]["code"]["enum"])
    general = {"KEY_REUSED", "UNKNOWN_SHOP", "UNKNOWN_REDEMPTION", "UNKNOWN_REFERRAL"}
    general |= {"UNKNOWN_QUESTION", "SCORE_NOT_OFFERED", "ALREADY_ANSWERED"}
    """Said as INTERNAL: a shopper can do nothing about them, or the view has its own words."""
    assert {code for code in codes - general if f"error.{code}" not in CATALOGUES["en"]} == set()
    refusals = CONTRACT["$defs"]["refusal"]["enum"]
    assert {f"{who}.refused.{one}" for who in ("refer", "friend") for one in refusals} <= CATALOGUES["en"].keys()
