"""A second wall between programmes, on PostgreSQL: row-level security on every table of a tenant.

A session says whose rows it is about (kizuna.programme, for one transaction); a statement that forgets its condition
then finds nothing of anybody else's, and one who says nothing sees nothing. The tables' owner passes, so that
migrations, backups and restores see everything: the wall stands for the role that the web and the workers run as.
SQLite has no such thing and is left alone.

Revision: 0015
Follows: 0014
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0015"
down_revision: str | Sequence[str] | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = (
    "audits",
    "balances",
    "birthdays",
    "campaign_grants",
    "credentials",
    "cursors",
    "deeds",
    "events",
    "forgotten",
    "identities",
    "inbox",
    "inbox_bodies",
    "lots",
    "member_notes",
    "members",
    "merges",
    "orders",
    "outbox",
    "people",
    "postings",
    "privacy_requests",
    "product_pairs",
    "product_rhythms",
    "programme_drafts",
    "programme_versions",
    "programmes",
    "question_products",
    "questions",
    "redemptions",
    "referrals",
    "requests",
    "reviews",
    "service_case_steps",
    "service_cases",
    "settlements",
    "shops",
    "stocks",
    "tasks",
    "tier_invitations",
    "transactions",
)
_SAID = "(SELECT current_setting('kizuna.programme', true))"
_SHOWN = f"{_SAID} = '*' OR programme_id = NULLIF(NULLIF({_SAID}, '*'), '')::uuid"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _TABLES:
        op.execute(f"CREATE POLICY one_programme ON {table} USING ({_SHOWN}) WITH CHECK ({_SHOWN})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY one_programme ON {table}")
