"""The Procfile, read as hosting panels read it."""

from pathlib import Path


def lines(place: Path) -> dict[str, str]:
    """Return each process's command by its name."""
    pairs = (
        line.partition(":") for line in place.read_text().splitlines() if line.strip() and not line.startswith("#")
    )
    return {name.strip(): command.strip() for name, _, command in pairs}
