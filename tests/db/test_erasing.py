"""Whatever names a member or seals words is treated when the person is erased, or stays for a reason written down."""

from app.db.erasing import TREATMENTS
from app.db.tables import Base

PERSONS = ("advocate_id", "friend_id", "kept_id", "lost_id")
ELSEWHERE = {
    "members.merged_into": "random ids",
    "inbox_bodies.sealed": "raw deliveries: the job of privacy looks into each",
    "credentials.sealed": "a shop's keys",
    "listeners.sealed": "what signs for another system",
    "service_case_steps.words_sealed": "found by their case",
    "privacy_requests.sealed": "the names to look for: gone when no delivery holds them",
    "forgotten.identity_hash": "what is left of a name, for a time",
}
"""Columns of persons that no treatment names, each with where it is seen to."""
SHOPS_AND_STAFF = {"sign_in_links", "invitations", "connect_states"}


def _named() -> set[str]:
    return {
        f"{treatment.table.__tablename__}.{column}"
        for treatment in TREATMENTS
        for column in (*treatment.named_by, *treatment.blank)
    }


def test_every_table_that_names_a_member_says_what_erasing_does_to_it() -> None:
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("member_id") or column.name in PERSONS
    }
    assert naming <= _named()


def test_everything_sealed_or_hashed_of_a_person_goes_with_the_person() -> None:
    dropped = {treatment.table.__tablename__ for treatment in TREATMENTS if treatment.dropped}
    of_persons = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name not in SHOPS_AND_STAFF | dropped
        for column in table.columns
        if column.name.endswith(("sealed", "_hash")) and column.name != "input_hash"
    }
    assert of_persons - _named() == ELSEWHERE.keys() - {"members.merged_into"}


def test_what_stays_says_why() -> None:
    for treatment in TREATMENTS:
        assert treatment.dropped or treatment.why or treatment.table.__tablename__ == "people", treatment
