"""Where a shop's customers have things sent, as codes of country and region, and what the shop has tagged them with.

Revision: 0017
Follows: 0016
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0017"
down_revision: str | Sequence[str] | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.add_column("identities", sa.Column("country", sa.String(length=64), nullable=True))
    op.add_column("identities", sa.Column("region", sa.String(length=64), nullable=True))
    op.add_column("identities", sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("identities", sa.Column("tags", json, nullable=True))


def downgrade() -> None:
    for name in ("tags", "placed_at", "region", "country"):
        op.drop_column("identities", name)
