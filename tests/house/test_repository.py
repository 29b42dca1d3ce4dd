"""What must be in the repository, and what must not."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.repository import ROOT, files, text

REGISTRY_HOSTS = re.compile(
    # Written so that this file holds none of them.
    r"py(?:pi|thonhosted)\.org|registry\.(?:npm|yarn)|npm(?:js)\.(?:com|org)|yarn(?:pkg)\.com|rubygems\.(?:org)"
    r"|(?:repo\.)?packagist\.(?:org)|deb\.(?:debian)\.org|proxy\.(?:golang)\.org|index\.(?:crates)\.io"
)
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
COMMANDS = {"release", "web", "worker", "clock"}


def test_no_lock_that_names_a_registry_is_kept() -> None:
    unwanted = {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock", "yarn.lock", "pnpm-lock.yaml"}

    assert [path for path in files() if path.name in unwanted] == []


def test_no_file_names_a_package_registry() -> None:
    naming = [f"{path}: {found[0]}" for path in files() if (found := REGISTRY_HOSTS.search(text(path)))]

    assert naming == []


@pytest.mark.parametrize("lock", LOCKS)
def test_each_locked_package_is_pinned_by_hash(lock: str) -> None:
    entries = re.findall(
        r"^([a-z0-9][^\s=]*)==[^\n]*\\\n((?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text(Path(lock)), re.MULTILINE
    )
    named = re.findall(r"^[a-z0-9][^\n]*", text(Path(lock)), re.MULTILINE)

    assert len(entries) == len(named) > 0


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads(text(Path("pyproject.toml")))
    run, dev = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    locked, locked_dev = (_locked(name) for name in LOCKS[:2])

    assert {_name(wanted) for wanted in run} <= locked.keys()
    assert {_name(wanted) for wanted in dev} <= locked_dev.keys()
    assert locked.items() <= locked_dev.items(), "tests must run with the versions that are shipped"


def test_continuous_integration_is_the_command_people_run() -> None:
    commands = re.findall(r"^[\s-]*run: *(.*)$", text(Path(".github/workflows/ci.yml")), re.MULTILINE)

    assert commands == [".ci/run"]
    assert text(Path(".ci/run")).splitlines()[-2:] == ["export CI=true", "exec make test"]


@pytest.mark.parametrize("script", ("lock", "programs", "run", "setup"))
def test_scripts_can_be_run(script: str) -> None:
    path = ROOT / ".ci" / script

    assert path.stat().st_mode & 0o111
    assert path.read_text().startswith("#!/bin/sh\n")


def test_every_process_is_a_command_of_ours() -> None:
    lines = dict(line.split(": ", 1) for line in text(Path("Procfile")).splitlines())

    assert lines == {name: f"kizuna {name}" for name in COMMANDS}


def test_every_command_of_the_makefile_is_explained() -> None:
    makefile = text(Path("Makefile"))
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    for target in phony.split():
        assert re.search(rf"^{target}:.* ## \w", makefile, re.MULTILINE), f"make {target} has no line of help"


@pytest.mark.parametrize(
    "page", ("README.md", "LICENSE", "SECURITY.md", "CHANGELOG.md", "docs/contributors/CONTRIBUTING.md")
)
def test_what_a_visitor_looks_for_is_there(page: str) -> None:
    assert len(text(Path(page))) > 50


def test_links_between_pages_lead_somewhere() -> None:
    broken = [
        f"{page} → {target}"
        for page in files()
        if page.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s#]+)", text(page))
        if not (ROOT / page.parent / target).exists()
    ]

    assert broken == []


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found[0].lower()) if found else requirement


def _locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", text(Path(lock)), re.MULTILINE))
