"""Who may import whom: the contracts hold, and they break when they should."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.house.repository import PACKAGES, ROOT, imports, modules

IMPURE = {
    "asyncio", "ctypes", "ftplib", "http", "importlib", "io", "logging", "multiprocessing", "os", "pathlib", "pickle",
    "random", "secrets", "select", "shelve", "shutil", "signal", "smtplib", "socket", "sqlite3", "ssl", "subprocess",
    "tempfile", "threading", "time", "urllib",
}  # fmt: skip
"""Of the standard library: what knows a clock, chance, a disk, a network or another process."""

WRONG = {
    "app/loyalty/planted.py": "import sqlalchemy",
    "app/db/planted.py": "import app.actions",
    "app/actions/planted.py": "import integrations",
    "integrations/planted.py": "import app.db",
    "jobs/planted.py": "import app.web",
    "app/web/planted.py": "import redis",
    "app/cli/planted.py": "import flask",
    "jobs/woo.py": "import woocommerce",
    "app/web/shop.py": "import shopify",
    "integrations/woocommerce/planted.py": "import integrations.shopify",
    "app/loyalty/terms/rules/planted.py": "import app.loyalty.terms.rules.review",
    "app/db/settings.py": "import app.settings",
    "app/loyalty/dying.py": "import app.failpoints",
}


def _contracts(root: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run((program, "--no-cache"), cwd=root, check=False, capture_output=True, text=True)


def test_each_floor_imports_only_floors_below_it() -> None:
    told = _contracts(ROOT)

    assert told.returncode == 0, told.stdout
    assert "0 broken" in told.stdout


def test_a_wrong_import_breaks_a_contract(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line in WRONG.items():
        (tmp_path / name).write_text(f'"""Planted."""\n\n{line}\n')

    told = _contracts(tmp_path)

    assert told.returncode != 0
    for name in WRONG:
        assert name.removesuffix(".py").replace("/", ".") in told.stdout, f"nobody noticed {name}"


def test_the_trade_needs_only_the_pure_part_of_the_standard_library() -> None:
    roots = {path: {name.split(".")[0] for name in imports(path)} - {"app"} for path in modules("app/loyalty")}

    assert {path: foreign for path, found in roots.items() if (foreign := found - sys.stdlib_module_names)} == {}
    assert {path: impure for path, found in roots.items() if (impure := found & IMPURE)} == {}


def test_the_demonstration_shops_know_nothing_of_the_app() -> None:
    roots = {path: {name.split(".")[0] for name in imports(path)} for path in modules("tests/sandbox")}

    assert {path: ours for path, found in roots.items() if (ours := found & set(PACKAGES))} == {}
