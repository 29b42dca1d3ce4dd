"""Which links of members were followed, by channel, and by which channel a friend came who asked for a code.

A click names neither who followed nor whose link it was; like history it is never changed.

Revision: 0021
Follows: 0020
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | Sequence[str] | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SAID = "(SELECT current_setting('kizuna.programme', true))"
_SHOWN = f"{_SAID} = '*' OR programme_id = NULLIF(NULLIF({_SAID}, '*'), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "referral_clicks",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("click_id", sa.String(length=64), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "click_id", name=op.f("pk_referral_clicks")),
    )
    op.add_column("referrals", sa.Column("channel", sa.String(length=64), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE POLICY one_programme ON referral_clicks USING ({_SHOWN}) WITH CHECK ({_SHOWN})")
        op.execute("ALTER TABLE referral_clicks ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.drop_column("referrals", "channel")
    op.drop_table("referral_clicks")
