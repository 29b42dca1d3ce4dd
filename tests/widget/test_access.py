"""Every view and state, in both languages, light and dark, on phone and desktop: no barrier, nothing cut off."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ViewportSize

from tests.widget.conftest import SIZES, Opener
from tests.widget.scenes import SCENES, play

pytestmark = pytest.mark.browser

RUN = """(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } }).then(({ violations, passes }) => ({
  passed: passes.length,
  found: violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`)),
}))"""
PARTS = 4
"""The walk through all scenes is long: in this many parts, they run side by side."""
NARROW: ViewportSize = {"width": 320, "height": 568}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# What sticks out of its box sideways or hides its own text. Art and what is meant for readers aloud may.
CUT_OFF = """() => {
  const root = document.querySelector('kizuna-rewards').shadowRoot;
  const out = [];
  const body = root.querySelector('.kz-body');
  if (body && body.scrollWidth > body.clientWidth) out.push(`scrolls sideways: ${body.scrollWidth}`);
  for (const one of root.querySelectorAll('dialog *, .kz-launcher')) {
    if (one.closest('.art, .vh, svg, input, select') || !one.textContent.trim() || one.childElementCount) continue;
    const text = document.createRange();
    text.selectNodeContents(one);
    const box = text.getBoundingClientRect();
    const frame = (one.closest('dialog') || document.documentElement).getBoundingClientRect();
    if (box.left < frame.left - 1 || box.right > frame.right + 1) out.push(`leaves the panel: ${one.textContent}`);
  }
  return out;
}"""


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("locale", ("en", "ja"))
def test_no_view_has_a_barrier_in_light_or_dark(
    storefront: Opener, node_modules: Path, tmp_path: Path, locale: str, part: int
) -> None:
    axe = (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")
    found: dict[str, Any] = {}
    checked = 0
    scenes = SCENES[part::PARTS]
    for scene in scenes:
        shop = storefront(
            locale,
            signed_in=scene.signed_in,
            attributes={"theme": "light"},
            prepare=scene.prepare,
            bypass_csp=True,  # axe is put into the page as text
            reduced_motion="reduce",
        )
        play(scene, shop)
        shop.page.evaluate(axe)
        for theme in ("light", "dark"):
            name = f"{scene.name}-{locale}-{theme}"
            shop.page.locator("kizuna-rewards .kz").evaluate("(frame, theme) => { frame.dataset.theme = theme }", theme)
            result = shop.page.evaluate(RUN, TAGS)
            checked += result["passed"]
            problems = result["found"]
            for size, options in SIZES.items():
                shop.page.set_viewport_size(options["viewport"])
                shop.page.screenshot(path=tmp_path / f"{name}-{size}.png", scale="device" if size == "phone" else "css")
                problems += shop.page.evaluate(CUT_OFF)
            shop.page.set_viewport_size(NARROW)
            problems += shop.page.evaluate(CUT_OFF)
            shop.page.set_viewport_size(SIZES["phone"]["viewport"])
            if problems:
                found[name] = problems
        shop.context.close()
    assert found == {}
    assert checked > len(scenes) * 10
    assert len(list(tmp_path.glob("*.png"))) == len(scenes) * 4


def test_the_check_for_barriers_can_fail(storefront: Opener, node_modules: Path) -> None:
    shop = storefront(bypass_csp=True, prepare=lambda store: store.member.update(redemptions=[])).visit().open()
    shop.page.evaluate(
        """() => { const root = document.querySelector('kizuna-rewards').shadowRoot;
        root.querySelector('[data-k=close]').removeAttribute('aria-label');
        root.querySelector('.row b').style.color = '#ccc'; root.querySelector('.next b').style.whiteSpace = 'nowrap';
        root.querySelector('.next b').textContent = 'word '.repeat(40) }"""
    )
    shop.page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = " ".join(shop.page.evaluate(RUN, TAGS)["found"])
    assert "button-name" in found
    assert "color-contrast" in found
    assert shop.page.evaluate(CUT_OFF)


@pytest.mark.parametrize(
    ("given", "system", "shown"),
    (
        ("dark", "light", "dark"),
        ("auto", "dark", "dark"),
        ("auto", "light", "light"),
        ("light", "dark", "light"),
        ("x", "dark", "light"),
    ),
)
def test_light_or_dark_is_the_merchants_choice(storefront: Opener, given: str, system: str, shown: str) -> None:
    shop = storefront(attributes={"theme": given}, color_scheme=system).visit()
    shop.launcher.wait_for()
    assert shop.page.locator("kizuna-rewards .kz").get_attribute("data-theme") == shown
