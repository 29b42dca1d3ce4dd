"""Referrals and what has become of them, out of their rows and as they are stored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.db.tables import ReferralRow
from app.loyalty.members.history import MemberReferral, ReferralOutcome
from app.loyalty.terms.suspicion import Decision, Evidence, Signal, SignalCode


def referral_of(row: ReferralRow) -> MemberReferral:
    """Return a referral as its friend's file has it."""
    kept = row.outcome or {}
    seen = Evidence(network_met_at=_at(kept, "network_met_at"), device_met_at=_at(kept, "device_met_at"))
    return MemberReferral(row.referral_id, row.at, seen, Decision(row.decision) if row.decision else None)


def unpack_outcome(referral_id: str, at: datetime, packed: dict[str, Any]) -> ReferralOutcome:
    """Return a referral's stored outcome."""
    moment = packed["moment"]
    return ReferralOutcome(
        referral_id,
        at,
        due=packed["due"],
        advocate_points=packed["advocate_points"],
        friend_points=packed["friend_points"],
        moment=datetime.fromisoformat(moment) if moment else None,
        shop=packed["shop"],
        version=packed["version"],
        reason=packed["reason"],
        steps=tuple(
            (datetime.fromisoformat(since), datetime.fromisoformat(paid) if paid else None)
            for since, paid in packed["steps"]
        ),
        held=packed.get("held", False),
        signals=tuple(Signal(SignalCode(code), weight, number) for code, weight, number in packed.get("signals", ())),
        network_met_at=_at(packed, "network_met_at"),
        device_met_at=_at(packed, "device_met_at"),
    )


def _at(packed: Mapping[str, Any], name: str) -> datetime | None:
    met_at = packed.get(name)
    return datetime.fromisoformat(met_at) if met_at else None


def pack_outcome(outcome: ReferralOutcome) -> dict[str, Any]:
    """Return a referral's outcome as it is stored."""
    looked_at: dict[str, Any] = {"held": True} if outcome.held else {}
    if outcome.signals:
        looked_at["signals"] = [[each.code.value, each.weight, each.number] for each in outcome.signals]
    if outcome.network_met_at is not None:
        looked_at["network_met_at"] = outcome.network_met_at.isoformat()
    if outcome.device_met_at is not None:
        looked_at["device_met_at"] = outcome.device_met_at.isoformat()
    return looked_at | {
        "due": outcome.due,
        "advocate_points": outcome.advocate_points,
        "friend_points": outcome.friend_points,
        "moment": outcome.moment.isoformat() if outcome.moment else None,
        "shop": outcome.shop,
        "version": outcome.version,
        "reason": outcome.reason,
        "steps": [[since.isoformat(), paid.isoformat() if paid else None] for since, paid in outcome.steps],
    }
