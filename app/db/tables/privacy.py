"""Privacy: what platforms and people ask of us, and whom we were asked to forget."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, Name, Word


class PrivacyRow(Base):
    """A privacy duty: a platform, a merchant or an operator laid it on us. ``state``: as ``app.db.privacy.State``."""

    __tablename__ = "privacy_requests"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    duty: Mapped[str] = mapped_column(Word)
    customer_id: Mapped[str | None] = mapped_column(Name)
    """The shop's id of the customer; gone with the person."""
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Word, default="open")
    member_id: Mapped[UUID | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """How the person is named in deliveries; gone as soon as no delivery names them any more."""
    done_at: Mapped[datetime | None]


class ForgottenRow(Base):
    """A shop's name of somebody who was erased, as a keyed hash: old facts that come late must not bring them back."""

    __tablename__ = "forgotten"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    identity_hash: Mapped[str] = mapped_column(Word, primary_key=True)
    erased_at: Mapped[datetime]
    stays_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    """They left the programme: nothing they do makes them a member, until they join again."""
