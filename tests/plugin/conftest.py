"""Runs the plugin's PHP in a WordPress that is only as large as the plugin needs."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PLUGIN = Path(__file__).parents[2] / "widgets" / "woocommerce"
SECRET = "s3cr3t" * 8
CONNECTED = {
    "kizuna_app": "https://points.example.com",
    "kizuna_connection": {"shop": "shop-1", "since": 1_795_000_000},
    "kizuna_secret": SECRET,
}


@dataclass(frozen=True, slots=True)
class Ran:
    """What the steps returned or printed, one by one, and what WordPress holds after them."""

    results: list[Any]
    world: dict[str, Any]

    @property
    def only(self) -> Any:  # noqa: ANN401  (any JSON)
        """The result of the only step."""
        (result,) = self.results
        return result


WordPress = Callable[..., Ran]


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The plugin as it is installed: with the widget's files beside it."""
    place = tmp_path / "kizuna-loyalty-for-woocommerce"
    shutil.copytree(PLUGIN, place)
    (place / "assets").mkdir()
    for name in ("loader.js", "panel.js"):
        (place / "assets" / name).write_text("/* built */", "utf-8")
    return place


@pytest.fixture
def wordpress(php: Path, plugin: Path) -> WordPress:
    """Load the plugin into a world and take steps in it. Anything PHP complains of fails the test."""

    def run(*steps: dict[str, object], **world: object) -> Ran:
        done = subprocess.run(
            [php, "-d", "display_errors=stderr", Path(__file__).with_name("run.php"), plugin],
            input=json.dumps({"steps": steps, **world}),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        assert done.stderr == ""
        said = json.loads(done.stdout)
        return Ran(results=said["results"], world=said["world"])

    return run
