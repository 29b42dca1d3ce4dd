"""The merchant's pages: one module a screen, all in one blueprint."""

from app.web.pages import (
    activity,
    adjusting,
    cases,
    choosing,
    giving,
    hearing,
    home,
    member,
    members,
    noting,
    orders,
    personal,
    privacy,
    programme,
    referrals,
    sign_in,
    tasks,
)
from app.web.pages.blueprint import pages

SCREENS = (
    sign_in,
    choosing,
    home,
    members,
    member,
    adjusting,
    noting,
    privacy,
    personal,
    giving,
    orders,
    referrals,
    tasks,
    hearing,
    cases,
    programme,
    activity,
)
"""Every module that adds its routes to the blueprint."""

__all__ = ["SCREENS", "pages"]
