"""Whatever names a member follows when two members become one, or stays for a reason that is written down."""

from app.db.merges import FOLLOWING, STAYING
from app.db.tables import Base

ITSELF = {"merges.kept_id", "merges.lost_id", "members.merged_into"}
"""What tells of merges themselves."""
PERSONS = ("member_id", "advocate_id", "friend_id", "kept_id", "lost_id", "merged_into")


def test_every_column_that_names_a_member_follows_into_a_merge_or_stays_for_a_reason() -> None:
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in PERSONS or column.name.endswith("member_id")
    }
    following = {f"{column.class_.__tablename__}.{column.key}" for column in FOLLOWING}
    assert following & STAYING.keys() == set()
    assert following | STAYING.keys() | ITSELF == naming
