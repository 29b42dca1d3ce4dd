"""By which channel a member's link reached a friend: links carry their channel, so that it is counted."""

from enum import StrEnum


class Channel(StrEnum):
    """How a link was passed on. ``sheet`` is the telephone's own way of sharing; ``other`` where nothing is known."""

    LINK = "link"
    SHEET = "sheet"
    EMAIL = "email"
    LINE = "line"
    WHATSAPP = "whatsapp"
    X = "x"
    FACEBOOK = "facebook"
    QR = "qr"
    OTHER = "other"


def marked(code: str, channel: Channel) -> str:
    """Return the code of a member's link as it is written in the link for a channel."""
    return f"{code}-{channel.value}"


def parted(text: str) -> tuple[str, Channel]:
    """Return the member's code and the channel of what stands in a link; codes themselves hold no hyphen."""
    code, _, channel = text.rpartition("-")
    return (code, Channel(channel)) if code and channel in set(Channel) else (text, Channel.OTHER)
