"""What was counted over all orders of a shop, so that nobody counts it per request; counted anew by a job."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.db.tables.base import Base, BigInt, Name


class PairRow(Base):
    """Of ``orders`` with a product, ``together`` had the other too."""

    __tablename__ = "product_pairs"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(Name, primary_key=True)
    other: Mapped[str] = mapped_column(Name, primary_key=True)
    together: Mapped[int] = mapped_column(BigInt)
    orders: Mapped[int] = mapped_column(BigInt)


class RhythmRow(Base):
    """After how many days a product is bought again, by the median of so many repeats."""

    __tablename__ = "product_rhythms"

    programme_id: Mapped[UUID] = mapped_column(primary_key=True)
    shop_id: Mapped[UUID] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(Name, primary_key=True)
    days: Mapped[int]
    repeats: Mapped[int] = mapped_column(BigInt)
