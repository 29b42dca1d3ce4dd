"""What the small pages about connecting say, in English and Japanese."""

from collections.abc import Mapping
from typing import Final

from app.web.notices import Notice, language
from integrations.platform import Refused

_HOME: Final = "/home"

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "connected": "{shop} is connected",
        "connected.next": "Its orders arrive from now on, and its programme has begun with sensible rules.",
        "open": "Open Kizuna",
        "again": "Try again",
        "nothing": "Nothing was connected",
        "nothing.why": "The store did not hand over its keys. Nothing was changed there.",
        "stale": "This connection was not begun here",
        "stale.why": "It was begun in another browser, finished already, or more than 15 minutes ago. Begin again.",
        "refused": "The store cannot be connected like this",
        "unreachable": "The store did not answer",
        "unreachable.why": "Kizuna could not ask the store who it is ({code}). Try again in a moment.",
        "from_admin": "Open Kizuna from your Shopify admin",
        "from_admin.why": "Its pages live there, under Apps.",
        "PLUGIN_MISSING": "The Kizuna plugin is not active in the store, so shoppers do not see the widget yet. "
        "Install it there and connect once more, or wait: Kizuna looks again every day.",
        "trouble": "The store could not be asked for its news yet ({code}). Kizuna keeps trying, and meanwhile asks "
        "for orders every ten minutes.",
    },
    "ja": {
        "connected": "{shop} を接続しました",
        "connected.next": "これ以降の注文が届きます。プログラムは標準のルールで始まりました。",
        "open": "Kizuna を開く",
        "again": "もう一度試す",
        "nothing": "接続されませんでした",
        "nothing.why": "ストアから鍵が渡されませんでした。ストア側は何も変わっていません。",
        "stale": "この接続はここで始まったものではありません",
        "stale.why": "別のブラウザーで始めたか、すでに完了したか、15分以上たっています。最初からやり直してください。",
        "refused": "このままではストアを接続できません",
        "unreachable": "ストアから応答がありません",
        "unreachable.why": "ストアの情報を確認できませんでした({code})。しばらくしてからもう一度お試しください。",
        "from_admin": "Shopify の管理画面から開いてください",
        "from_admin.why": "Kizuna は管理画面の「アプリ」にあります。",
        "PLUGIN_MISSING": "ストアで Kizuna プラグインが有効になっていないため、お客様にはまだ表示されません。"
        "インストールしてもう一度接続するか、そのままお待ちください(毎日確認します)。",
        "trouble": "ストアへの通知の依頼がまだ済んでいません({code})。"
        "自動で再試行し、その間は10分ごとに注文を確認します。",
    },
}


def _say(name: str, **values: str) -> str:
    return _TEXTS[language()][name].format(**values)


def connected(shop: str, trouble: str | None) -> Notice:
    """The shop is connected; and what is left to do where its webhooks were not."""
    lines = [_say("connected.next")]
    if trouble is not None:
        lines.append(_say(trouble) if trouble in _TEXTS["en"] else _say("trouble", code=trouble))
    return Notice(_say("connected", shop=shop), tuple(lines), (_HOME, _say("open")))


def nothing_connected(again: str) -> Notice:
    """The merchant said no, or the keys were no good."""
    return Notice(_say("nothing"), (_say("nothing.why"),), (again, _say("again")))


def not_begun() -> Notice:
    """An answer to a question nobody asked, or asked too long ago."""
    return Notice(_say("stale"), (_say("stale.why"),))


def refused(answer: Refused) -> Notice:
    """A platform's own refusal: its sentence says what to do."""
    return Notice(_say("refused"), (answer.reason,), small=answer.code)


def unreachable(code: str) -> Notice:
    """The store could not be asked."""
    return Notice(_say("unreachable"), (_say("unreachable.why", code=code),))


def from_admin() -> Notice:
    """An embedded page was opened outside of its frame."""
    return Notice(_say("from_admin"), (_say("from_admin.why"),))
