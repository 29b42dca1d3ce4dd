"""Addresses of other systems that are told what changes for a shop's members, with the sealed secrets that sign.

Revision: 0027
Follows: 0026
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0027"
down_revision: str | Sequence[str] | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SAID = "(SELECT current_setting('kizuna.programme', true))"
_SHOWN = f"{_SAID} = '*' OR programme_id = NULLIF(NULLIF({_SAID}, '*'), '')::uuid"


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.create_table(
        "listeners",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("listener_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("changes", json, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("programme_id", "shop_id", "listener_id", name=op.f("pk_listeners")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY one_programme ON listeners USING ({_SHOWN}) WITH CHECK ({_SHOWN})")
        op.execute("ALTER TABLE listeners ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_table("listeners")
