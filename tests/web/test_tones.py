"""Every merchant's colour gives tones that can be read; checked on thousands of colours, extremes included."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.web.tones import contrast, tones

LIGHT = {"surface": "#ffffff", "canvas": "#f6f5f2", "sunken": "#f0eeea"}
DARK = {"surface": "#1f1c19", "canvas": "#161412", "sunken": "#191714", "raised": "#2a2622"}
INK = {"light": "#231f1b", "dark": "#f3f0ea"}
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@settings(max_examples=1500, deadline=None)
@given(COLOURS)
@example("#000000")
@example("#ffffff")
@example("#ff0000")
@example("#00ff00")
@example("#0000ff")
@example("#ffff00")
@example("#00ffff")
@example("#ff00ff")
@example("#808080")
def test_text_and_parts_stand_out_whatever_the_colour(brand: str) -> None:
    light, dark = tones(brand)

    for tone in (light, dark):
        assert contrast(tone["on_fill"], tone["fill"]) >= 4.5
        assert contrast(tone["on_card"], tone["card"]) >= 4.5
    for ground in (*LIGHT.values(), light["soft"]):
        assert contrast(light["text"], ground) >= 4.5
        assert contrast(light["part"], ground) >= 3
    assert contrast(light["deep"], light["soft_2"]) >= 4.5
    assert contrast(INK["light"], light["soft_2"]) >= 7
    for ground in (*DARK.values(), dark["soft"]):
        assert contrast(dark["text"], ground) >= 4.5
        assert contrast(dark["part"], ground) >= 3
    assert contrast(dark["deep"], dark["soft_2"]) >= 4.5
    assert contrast(INK["dark"], dark["soft_2"]) >= 7


def test_a_dark_brand_keeps_its_own_colour() -> None:
    light, _ = tones("#0F5C6E")

    assert (light["fill"], light["text"], light["card"]) == ("#0f5c6e", "#0f5c6e", "#0f5c6e")


@pytest.mark.parametrize("nonsense", ("", "red", "#12", "#12345g", "url(javascript:1)"))
def test_what_is_no_colour_gives_our_own(nonsense: str) -> None:
    assert tones(nonsense) == tones("#165e83")
