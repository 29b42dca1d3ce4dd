"""Every text of the plugin can be translated, and is, into Japanese."""

import re
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.plugin.conftest import PLUGIN

SLUG = "kizuna-loyalty-for-woocommerce"
LANGUAGES = PLUGIN / "languages"
CALL = re.compile(r"\b(?:__|esc_html__|esc_attr__)\(\s*'((?:[^'\\]|\\.)*)',\s*'([a-z-]+)'\s*\)")
SAME = {"Kizuna"}
ANY_CALL = re.compile(r"\b(?:__|_e|_x|_n|esc_html_e|esc_attr_e|esc_html__|esc_attr__)\(")


def texts() -> set[str]:
    found = set()
    for source in PLUGIN.rglob("*.php"):
        code = source.read_text("utf-8")
        calls = CALL.findall(code)
        assert len(calls) == len(ANY_CALL.findall(code)), f"{source.name}: a text this test cannot read"
        assert {domain for _, domain in calls} <= {SLUG}, source.name
        found |= {text.replace("\\'", "'") for text, _ in calls}
    return found


def test_the_template_has_every_text_and_no_other() -> None:
    with (LANGUAGES / f"{SLUG}.pot").open("rb") as template:
        assert {message.id for message in read_po(template) if message.id} == texts()


def test_every_text_is_said_in_japanese() -> None:
    with (LANGUAGES / f"{SLUG}-ja.po").open("rb") as catalogue:
        said = {message.id: message.string for message in read_po(catalogue, locale="ja") if message.id}
    assert set(said) == texts()
    untranslated = [text for text, japanese in said.items() if not japanese or (japanese == text and text not in SAME)]
    assert not untranslated


def test_what_wordpress_loads_is_what_was_translated() -> None:
    with (LANGUAGES / f"{SLUG}-ja.po").open("rb") as catalogue:
        compiled = BytesIO()
        write_mo(compiled, read_po(catalogue, locale="ja"))
    built = (LANGUAGES / f"{SLUG}-ja.mo").read_bytes()
    for text in ("設定", "接続する", "Kizuna サーバーのアドレス"):
        assert text.encode() in built
    assert entries(built) == entries(compiled.getvalue())


def entries(mo: bytes) -> set[bytes]:
    """Return the texts of a compiled catalogue, without its header."""
    count, originals, translations = (int.from_bytes(mo[at : at + 4], "little") for at in (8, 12, 16))
    found = set()
    for index in range(count):
        pair = []
        for table in (originals, translations):
            length, start = (
                int.from_bytes(mo[table + 8 * index + at : table + 8 * index + at + 4], "little") for at in (0, 4)
            )
            pair.append(mo[start : start + length])
        if pair[0]:
            found.add(b" = ".join(pair))
    return found
