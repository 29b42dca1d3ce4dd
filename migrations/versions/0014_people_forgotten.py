"""People forgotten: since when a member is nobody any more, who must not come back by old facts, how a duty ended.

Revision: 0014
Follows: 0013
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | Sequence[str] | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


_OF_A_MERGE = "programme_id, merge_id, kept_id, lost_id, at, actor, undoes, detail"


def _guard_merges(kept: str) -> None:
    """Let history refuse to change these columns (empty: any). What staff wrote goes with the person."""
    change = f"UPDATE OF {kept}" if kept else "UPDATE"
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER merges_no_update")
        op.execute(
            f"CREATE TRIGGER merges_no_update BEFORE {change} ON merges "
            "BEGIN SELECT RAISE(ABORT, 'merges is append-only'); END"
        )
        return
    op.execute("DROP TRIGGER merges_no_change ON merges")
    op.execute(
        f"CREATE TRIGGER merges_no_change BEFORE {change} OR DELETE ON merges "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    _guard_merges(_OF_A_MERGE)
    op.add_column("members", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("privacy_requests", sa.Column("member_id", sa.Uuid(), nullable=True))
    op.add_column("privacy_requests", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column("privacy_requests", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "forgotten",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("identity_hash", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "shop_id", "identity_hash", name=op.f("pk_forgotten")),
    )


def downgrade() -> None:
    _guard_merges("")
    op.drop_table("forgotten")
    op.drop_column("privacy_requests", "done_at")
    op.drop_column("privacy_requests", "sealed")
    op.drop_column("privacy_requests", "member_id")
    op.drop_column("members", "erased_at")
