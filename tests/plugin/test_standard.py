"""The plugin is written as WordPress's PHP handbook asks, as far as PHP_CodeSniffer's own sniffs can tell."""

import subprocess
from pathlib import Path

import pytest

from tests.plugin.conftest import PLUGIN
from tests.servers import programs

RULES = PLUGIN / "phpcs.xml.dist"


def sniffed(*places: Path) -> subprocess.CompletedProcess[str]:
    command = [str(programs.phpcs()), "-q", f"--standard={RULES}", *map(str, places)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_every_file_keeps_the_standard() -> None:
    done = sniffed(PLUGIN)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "spoiled",
    (
        "function kizuna_x() {}\n",
        "$x = [ 1 ];\n",
        "$x = wp_json_encode(1);\n",
        "$x = json_encode( 1 );\n",
        "    $x = 1;\n",
        "$x = 1; $y = 2;\n",
    ),
)
def test_what_the_handbook_forbids_is_found(spoiled: str, tmp_path: Path) -> None:
    file = tmp_path / "spoiled.php"
    file.write_text(f"<?php\n/**\n * A file.\n *\n * @package Kizuna\n */\n\n{spoiled}", "utf-8")
    assert sniffed(file).returncode != 0
