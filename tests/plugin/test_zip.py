"""What a shop installs: the zip that `make plugin` makes, which runs as it is."""

import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.plugin.conftest import CONNECTED, PLUGIN, WordPress

ROOT = PLUGIN.parents[1]
NAME = "kizuna-loyalty-for-woocommerce"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = tmp_path_factory.mktemp("build")
    done = subprocess.run(
        ["make", "plugin", f"BUILD={build}"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return build / f"{NAME}.zip"


@pytest.fixture
def plugin(archive: Path, tmp_path: Path) -> Path:
    """The plugin unpacked, as WordPress does it."""
    with ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    return tmp_path / NAME


def test_the_zip_holds_one_folder_with_all_a_store_needs(archive: Path) -> None:
    with ZipFile(archive) as packed:
        names = {name for name in packed.namelist() if not name.endswith("/")}
    ours = {f"{NAME}/{file.relative_to(PLUGIN)}" for file in PLUGIN.rglob("*") if file.is_file()}
    assert ours - names == {f"{NAME}/{name}" for name in ("README.md", "phpcs.xml.dist")}, (
        "developers' words stay at home"
    )
    assert {f"{NAME}/{name}" for name in ("readme.txt", "LICENSE", "uninstall.php")} <= names
    assert {f"{NAME}/assets/loader.js", f"{NAME}/assets/panel.js"} <= names
    assert {name.partition("/")[0] for name in names} == {NAME}


def test_the_widget_in_the_zip_is_the_one_that_was_built(plugin: Path) -> None:
    for built in (ROOT / "widgets" / "storefront" / "dist").glob("*.js"):
        assert (plugin / "assets" / built.name).read_bytes() == built.read_bytes()


def test_the_unpacked_plugin_shows_the_widget(wordpress: WordPress) -> None:
    shown = wordpress({"do": "wp_footer"}, options=CONNECTED).only
    assert shown.startswith("<kizuna-rewards ")
