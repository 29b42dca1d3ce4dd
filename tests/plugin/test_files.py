"""The plugin's files: they parse, run on old PHP, are closed to the curious, and say what they are."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.plugin.conftest import PLUGIN

SOURCES = sorted(PLUGIN.rglob("*.php"))
MAIN = PLUGIN / "kizuna-loyalty-for-woocommerce.php"

# PHP 7.4 is promised; these words and signs came with PHP 8.
TOO_NEW = r"""
$source = file_get_contents( $argv[1] );
$names = array( 'T_MATCH', 'T_NULLSAFE_OBJECT_OPERATOR', 'T_ATTRIBUTE', 'T_ENUM', 'T_READONLY' );
foreach ( token_get_all( $source ) as $token ) {
	if ( is_array( $token ) && in_array( token_name( $token[0] ), $names, true ) ) {
		echo token_name( $token[0] ), ' in line ', $token[2], "\n";
	}
}
"""
TOO_NEW_FUNCTIONS = re.compile(r"\b(str_contains|str_starts_with|str_ends_with|get_debug_type|array_is_list)\s*\(")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_a_file_parses(source: Path, php: Path) -> None:
    done = subprocess.run([php, "-l", source], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_a_file_needs_no_php_8(source: Path, php: Path) -> None:
    done = subprocess.run([php, "-r", TOO_NEW, source], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == ""
    assert not TOO_NEW_FUNCTIONS.search(source.read_text("utf-8"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_a_file_opened_by_its_address_does_nothing(source: Path, php: Path) -> None:
    done = subprocess.run([php, source], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_every_name_is_our_own(source: Path) -> None:
    text = source.read_text("utf-8")
    names = re.findall(r"^function (\w+)", text, re.MULTILINE) + re.findall(r"^const (\w+)", text, re.MULTILINE)
    names += re.findall(r"define\( '(\w+)'", text)
    foreign = [name for name in names if not name.lower().startswith("kizuna_")]
    assert foreign in ([], ["DONOTCACHEPAGE"])


def header(name: str) -> str:
    found = re.search(rf"^ \* {re.escape(name)}:\s+(.+)$", MAIN.read_text("utf-8"), re.MULTILINE)
    assert found, name
    return found.group(1)


def test_the_header_says_what_wordpress_asks() -> None:
    assert header("License") == "GPL-2.0-or-later"
    assert header("Requires PHP") == "7.4"
    assert header("Requires Plugins") == "woocommerce"
    assert header("Text Domain") == MAIN.stem
    assert "GNU GENERAL PUBLIC LICENSE" in (PLUGIN / "LICENSE").read_text("utf-8")


def test_the_version_is_the_same_everywhere() -> None:
    version = header("Version")
    readme = (PLUGIN / "readme.txt").read_text("utf-8")
    assert f"define( 'KIZUNA_VERSION', '{version}' );" in MAIN.read_text("utf-8")
    assert f"Stable tag: {version}\n" in readme
    assert f"= {version} =" in readme
    assert f"Requires PHP: {header('Requires PHP')}\n" in readme
    assert f"Requires at least: {header('Requires at least')}\n" in readme


def test_only_one_file_speaks_to_the_server() -> None:
    """What may call it, and when, is shown by the pages' own tests: no page of the storefront does."""
    calls = re.compile(r"wp_(safe_)?remote_|curl_|fsockopen")
    assert [source.name for source in SOURCES if calls.search(source.read_text("utf-8"))] == ["server.php"]
