"""Members that become one, and shops that join a group.

A merge is history: what it moved and how it can be taken back is kept in rows that triggers refuse to change. A member
that was merged stays as a tombstone which names the one that was kept. An identity knows the address its shop says was
proved, so that one person is found again at another shop of a group. An invitation lets a new shop join a programme.

Revision: 0005
Follows: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _guard_history() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER merges_no_{change.lower()} BEFORE {change} ON merges "
                "BEGIN SELECT RAISE(ABORT, 'merges is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER merges_no_change BEFORE UPDATE OR DELETE ON merges "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER merges_no_truncate BEFORE TRUNCATE ON merges "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("word_hash", sa.String(length=64), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("word_hash", name=op.f("pk_invitations")),
    )
    op.create_table(
        "merges",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("lost_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("why", sa.String(length=255), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("programme_id", "merge_id", name=op.f("pk_merges")),
        sa.UniqueConstraint("programme_id", "undoes", name=op.f("uq_merges_programme_id_undoes")),
    )
    op.create_index("ix_merges_lost", "merges", ["programme_id", "lost_id"])
    op.add_column("members", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("identities", sa.Column("proved_hash", sa.String(length=64), nullable=True))
    op.create_index("ix_identities_proved", "identities", ["programme_id", "proved_hash"])
    op.add_column("connect_states", sa.Column("invitation_hash", sa.String(length=64), nullable=True))
    op.add_column("shops", sa.Column("counts_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("shops", sa.Column("confirms_addresses", sa.Boolean(), server_default=sa.false(), nullable=False))
    _guard_history()


def downgrade() -> None:
    op.drop_column("shops", "confirms_addresses")
    op.drop_column("shops", "counts_from")
    op.drop_column("connect_states", "invitation_hash")
    op.drop_index("ix_identities_proved", table_name="identities")
    op.drop_column("identities", "proved_hash")
    op.drop_column("members", "merged_into")
    op.drop_table("merges")
    op.drop_table("invitations")
