"""What is committed is what the sources build, within its budgets, typed, and free of any registry's address."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from tests.widget.canned import DIST, ROOT

WIDGETS = ROOT / "widgets"


def run(node: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(node), *command], cwd=WIDGETS, capture_output=True, text=True, timeout=240, check=False)


def test_the_committed_files_are_a_fresh_build_within_budget(node: Path, node_modules: Path) -> None:
    done = run(node, "storefront/build.mjs", "--check")
    assert done.returncode == 0, done.stdout + done.stderr
    spent = re.findall(r"^(.+): (\d+) bytes of (\d+)$", done.stdout, re.MULTILINE)
    assert [what for what, _, _ in spent] == [
        "loader, compressed",
        "loader, as it is",
        "blocks, as they are",
        "panel with words (en), compressed",
        "panel with words (ja), compressed",
        "more views (en), compressed",
        "more views (ja), compressed",
        "own views (en), compressed",
        "own views (ja), compressed",
    ]
    assert all(int(used) <= int(budget) for _, used, budget in spent)
    budgets = [10 * 1024, 10_000, 10_000, 30 * 1024, 30 * 1024, *[10 * 1024] * 4]
    assert [int(budget) for _, _, budget in spent] == budgets


def test_a_changed_file_would_be_noticed(node: Path, node_modules: Path, tmp_path: Path) -> None:
    copy = tmp_path / "widgets"
    for name in ("storefront", "shopify"):
        shutil.copytree(WIDGETS / name, copy / name)
    (copy / "node_modules").symlink_to(node_modules)
    loader = copy / "storefront" / "dist" / "loader.js"
    loader.write_text(loader.read_text("utf-8") + "//", "utf-8")
    done = subprocess.run(
        [str(node), "storefront/build.mjs", "--check"],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 1
    assert "storefront/dist/loader.js is not what its source builds" in done.stderr


def test_the_types_hold(node: Path, node_modules: Path) -> None:
    done = run(node, str(node_modules / "typescript" / "bin" / "tsc"), "--project", "storefront/tsconfig.json")
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_in_the_bundle_evaluates_text_or_calls_elsewhere() -> None:
    allowed = {"https://line.me", "https://wa.me", "https://www.facebook.com", "https://x.com", "http://www.w3.org"}
    for path in DIST.glob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"\beval\(|new Function\(|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text)
        assert 'setAttribute("style"' not in text
        assert set(re.findall(r"https?://[a-z0-9.-]+\.[a-z]+", text)) <= allowed


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((WIDGETS / "package-lock.json").read_text("utf-8"))
    assert len(lock["packages"]) > 5
    assert [name for name, one in lock["packages"].items() if "resolved" in one] == []
    assert all("integrity" in one for name, one in lock["packages"].items() if name and not one.get("link"))
    exact = json.loads((WIDGETS / "package.json").read_text("utf-8"))["devDependencies"].values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in exact)
