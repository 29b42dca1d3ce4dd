"""Small whole pages of our own where the merchant's pages are not: a thing went wrong, a shop is connected."""

import base64
import hashlib
from dataclasses import dataclass

from flask import Response, g, make_response, request, url_for
from jinja2 import Environment
from markupsafe import Markup

_STYLE = """
:root{color-scheme:light dark;--ground:#f6f5f2;--paper:#fff;--ink:#231f1b;--quiet:#59534b;--line:#e3e0da;
--link:#165e83;--solid:#2b2622;--on:#fff;
--face:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue",Arial,system-ui,sans-serif;
--face-ja:-apple-system,BlinkMacSystemFont,"Segoe UI","Hiragino Sans","BIZ UDPGothic","Noto Sans JP",Meiryo,sans-serif}
@media(prefers-color-scheme:dark){:root{--ground:#161412;--paper:#1f1c19;--ink:#f3f0ea;--quiet:#c2bbb0;
--line:#38332d;--link:#8dc2e3;--solid:#f3f0ea;--on:#1f1c19}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--ground);
color:var(--ink);font:15px/23px var(--face)}
body:lang(ja){font:15px/26px var(--face-ja);line-break:strict}
main{width:100%;max-width:520px;background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:32px}
p.mark{margin:0 0 24px;color:var(--quiet);font-size:13px;line-height:19px;font-weight:600}
h1{margin:0 0 12px;font-size:24px;line-height:32px;font-weight:600;text-wrap:balance}
p{margin:0 0 12px}
p.small{margin:24px 0 0;color:var(--quiet);font-size:13px;line-height:19px}
a.button{display:inline-block;margin-top:12px;padding:11px 18px;border-radius:10px;background:var(--solid);
color:var(--on);text-decoration:none;font-weight:500}
a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
"""
_STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"

_PAGE = Environment(autoescape=True).from_string(
    """<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ notice.title }} · Kizuna</title>
<link rel="icon" type="image/svg+xml" href="{{ mark }}">
<style>{{ style }}</style>
</head>
<body>
<main>
<p class="mark">Kizuna</p>
<h1>{{ notice.title }}</h1>
{% for line in notice.lines %}<p>{{ line }}</p>
{% endfor %}{% if notice.link %}<a class="button" href="{{ notice.link[0] }}">{{ notice.link[1] }}</a>
{% endif %}{% if notice.small %}<p class="small">{{ notice.small }}</p>
{% endif %}</main>
</body>
</html>
"""
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says. ``link`` is (address, words)."""

    title: str
    lines: tuple[str, ...] = ()
    link: tuple[str, str] | None = None
    small: str = ""


def language() -> str:
    """Return the language of the present request that we speak: ``en`` or ``ja``."""
    return request.accept_languages.best_match(("en", "ja")) or "en"


def show(notice: Notice, status: int = 200) -> Response:
    """Answer with a page. Its one style is allowed by its hash."""
    g.style_source = _STYLE_SOURCE
    mark = url_for("pages.static", filename="mark.svg")
    style = Markup(_STYLE)  # noqa: S704 - a constant of ours
    text = _PAGE.render(notice=notice, language=language(), style=style, mark=mark)
    response = make_response(text, status)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response
