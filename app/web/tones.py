"""One colour of the merchant's to all tones: light by scaling towards black, dark by lifting in OKLCH.

The contrast is kept whatever the colour: nothing is refused for being too light or too dark.
"""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

DEFAULT: Final = "#165e83"
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_WHITE: Final = "#ffffff"
_INK: Final = "#16120f"
_PAPER: Final = "#f6f4ef"
_LIGHT_BRAND: Final = 0.24
"""A brand with more luminance keeps its own fill and takes dark text."""
_LINEAR_FROM: Final = 0.04045
_LINEAR_TO: Final = 0.0031308


class Linear(NamedTuple):
    """Light by channel, 0 to 1, before the eye's curve."""

    red: float
    green: float
    blue: float


class Lch(NamedTuple):
    """OKLCH: lightness, chroma, hue in radians."""

    lightness: float
    chroma: float
    hue: float


def tones(brand: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the light and the dark tones of a colour such as ``#0f5c6e``; what is no colour gives Kizuna's own."""
    return _tones(brand.lower() if _HEX.fullmatch(brand) else DEFAULT)


@lru_cache(maxsize=1024)
def _tones(brand: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    colour = _linear(brand)
    return _light(colour), _dark(_lch(colour))


def _light(colour: Linear) -> Mapping[str, str]:
    bright = luminance(colour) > _LIGHT_BRAND
    fill = _hex(colour) if bright else _hex(_scaled(colour, 0.178))
    on_fill = _INK if bright else _WHITE
    brand = _lch(colour)
    return {
        "fill": fill,
        "on_fill": on_fill,
        "text": _hex(_scaled(colour, 0.143)),
        "part": _hex(_scaled(colour, 0.240)),
        "deep": _hex(_scaled(colour, 0.095)),
        "soft": _hex(_of_lch(Lch(0.955, min(brand.chroma * 0.2, 0.026), brand.hue))),
        "soft_2": _hex(_of_lch(Lch(0.905, min(brand.chroma * 0.36, 0.052), brand.hue))),
        "card": fill,
        "on_card": on_fill,
        "strand": _mixed(on_fill, fill, 0.20),
    }


def _dark(brand: Lch) -> Mapping[str, str]:
    fill = _hex(_of_lch(Lch(max(brand.lightness, 0.79), min(brand.chroma, 0.12), brand.hue)))
    card = _hex(_of_lch(Lch(0.325, min(brand.chroma * 0.7, 0.07), brand.hue)))
    return {
        "fill": fill,
        "on_fill": _INK,
        "text": fill,
        "part": fill,
        "deep": _hex(_of_lch(Lch(max(brand.lightness, 0.87), min(brand.chroma, 0.07), brand.hue))),
        "soft": _hex(_of_lch(Lch(0.285, min(brand.chroma * 0.5, 0.04), brand.hue))),
        "soft_2": _hex(_of_lch(Lch(0.35, min(brand.chroma * 0.6, 0.055), brand.hue))),
        "card": card,
        "on_card": _PAPER,
        "strand": _mixed(_PAPER, card, 0.18),
    }


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast of two colours, 1 to 21."""
    high, low = sorted((luminance(_linear(one)), luminance(_linear(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Linear) -> float:
    """Return the relative luminance of WCAG, 0 to 1."""
    return 0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue


def _scaled(colour: Linear, cap: float) -> Linear:
    light = luminance(colour)
    factor = min(1.0, cap / light) if light else 1.0
    return Linear(*(channel * factor for channel in colour))


def _mixed(one: str, other: str, share: float) -> str:
    """Mix ``share`` of one colour into another, in OKLab."""
    first, second = _oklab(_linear(one)), _oklab(_linear(other))
    mixed = [a * share + b * (1 - share) for a, b in zip(first, second, strict=True)]
    return _hex(_of_oklab((mixed[0], mixed[1], mixed[2])))


def _linear(text: str) -> Linear:
    channels = (int(text[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return Linear(*(c / 12.92 if c <= _LINEAR_FROM else ((c + 0.055) / 1.055) ** 2.4 for c in channels))


def _hex(colour: Linear) -> str:
    bent = (12.92 * c if c <= _LINEAR_TO else 1.055 * c ** (1 / 2.4) - 0.055 for c in (max(0.0, c) for c in colour))
    return "#" + "".join(f"{round(min(1.0, c) * 255):02x}" for c in bent)


def _oklab(colour: Linear) -> tuple[float, float, float]:
    red, green, blue = colour
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _of_oklab(lab: tuple[float, float, float]) -> Linear:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return Linear(
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _lch(colour: Linear) -> Lch:
    lightness, a, b = _oklab(colour)
    return Lch(lightness, math.hypot(a, b), math.atan2(b, a))


def _of_lch(colour: Lch) -> Linear:
    return _of_oklab((colour.lightness, colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)))
