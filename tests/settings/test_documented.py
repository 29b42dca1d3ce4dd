"""Every setting stands in the operators' table, and the table names no other."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from app.settings import SettingsProblem, read
from app.settings.variables import PREFIX, Variables

PAGE = Path(__file__).parents[2] / "docs" / "operators" / "operating.md"


def test_every_setting_stands_in_the_operators_table_and_no_other() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## Settings")[2].partition("\n## ")[0]
    told = {name for row in table.splitlines() if row.startswith("| `") for name in re.findall(r"KIZUNA_[A-Z_]+", row)}
    assert told == {f"{PREFIX}{name.upper()}" for name in Variables.model_fields}


def test_how_long_deliveries_are_kept_is_a_number_of_days(tmp_path: Path) -> None:
    data = {"KIZUNA_DATA": str(tmp_path)}
    assert read(data).bodies_kept == timedelta(days=30)
    assert read({**data, "KIZUNA_BODIES_DAYS": "7"}).bodies_kept == timedelta(days=7)
    for told in ("0", "91", "a month"):
        with pytest.raises(SettingsProblem, match="KIZUNA_BODIES_DAYS cannot be read"):
            read({**data, "KIZUNA_BODIES_DAYS": told})
