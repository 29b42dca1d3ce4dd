"""What a view works with: the settings, the works of this process, and Shopify under its own name."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app

from app.settings import Settings
from app.web.policy import Policy
from integrations.shopify import Shopify
from jobs.works import Works

EXTENSION = "kizuna"


@dataclass(frozen=True, slots=True)
class House:
    """Made once by the factory. ``policies`` says for every endpoint who may call it."""

    settings: Settings
    works: Works
    shopify: Shopify | None
    policies: Mapping[str, Policy]


def house() -> House:
    """Return the house the present request is answered in."""
    built: House = current_app.extensions[EXTENSION]
    return built
