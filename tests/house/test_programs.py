"""The programs some tests drive answer; where they are missing the run says so, and fails where all must run."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.servers import programs


@pytest.mark.browser
def test_a_browser_shows_a_page_and_its_japanese(page: Page) -> None:
    page.set_content("<title>窓と森</title><p>絆</p>")

    assert page.title() == "窓と森"
    assert page.get_by_text("絆").is_visible()


def test_php_answers(php: Path) -> None:
    told = subprocess.run((php, "-r", "echo 6 * 7;"), check=True, capture_output=True, text=True)

    assert told.stdout == "42"


def test_node_answers(node: Path) -> None:
    told = subprocess.run((node, "--print", "6 * 7"), check=True, capture_output=True, text=True)

    assert told.stdout == "42\n"


@pytest.mark.parametrize("program", (programs.chromium, programs.php), ids=("chromium", "php"))
def test_what_is_missing_is_said_and_fails_where_everything_must_run(
    program: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NOT RUN: no "):
        program()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="NOT RUN: no "):
        program()
