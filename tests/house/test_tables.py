"""To add a kind of anything is one new file or folder and one line in one table: nothing is in only one of them."""

import re
from pathlib import Path

import integrations
from app.loyalty.terms import rewards, rules
from tests.house.repository import ROOT, files, text

NO_PLATFORM = {"neutral", "reviews", "__pycache__"}
"""Review apps have a table of their own; the neutral platform is for case files and is offered to nobody."""


def _files(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__"}


def _documented(folder: str) -> str:
    return "\n".join(text(path) for path in files() if path.is_relative_to(folder) and path.suffix == ".md")


def test_every_folder_of_a_platform_is_in_the_table_of_platforms() -> None:
    folders = {path.name for path in (ROOT / "integrations").iterdir() if path.is_dir()} - NO_PLATFORM

    assert set(integrations.PLATFORMS) - {"neutral"} == folders


def test_every_review_app_is_in_the_table_of_sources() -> None:
    assert set(integrations.SOURCES) == _files("integrations/reviews")


def test_every_earning_rule_is_in_the_table_of_rules() -> None:
    assert set(rules.RULES) == _files("app/loyalty/terms/rules")


def test_every_reward_is_in_the_table_of_rewards() -> None:
    assert set(rewards.REWARDS) == _files("app/loyalty/terms/rewards")


def test_the_pages_speak_of_every_platform_rule_and_reward() -> None:
    said = _documented("docs")
    kinds = {*integrations.PLATFORMS, *integrations.SOURCES, *rules.RULES, *rewards.REWARDS}

    assert {kind for kind in kinds if not re.search(rf"\b{kind}\b", said)} == set()


def test_every_table_of_ours_has_tests_of_its_own_kind() -> None:
    tested = {Path(path).parts[2] for path in files() if path.is_relative_to("tests/integrations")}

    assert {"shopify", "woocommerce"} <= tested


def test_every_test_that_the_page_of_what_is_covered_names_is_there() -> None:
    page = text(Path("docs/contributors/programmes-covered.md"))
    named = re.findall(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`", page)
    stories = re.findall(r"^\| [^|]+ \| `([a-z-]+)`", page, re.MULTILINE)

    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if f"def {name}(" not in text(Path("tests") / path)] == []
    assert len(stories) == 10
    assert [name for name in stories if not (ROOT / "tests/cases/templates" / f"{name}.json").is_file()] == []
