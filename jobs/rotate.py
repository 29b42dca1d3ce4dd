"""Rotate: after a new encryption key was put in front, seal everything that lies here under it."""

from app.db.resealing import reseal_page, sealed_tables
from app.db.unit import unit_of_work
from app.failpoints import Place, passed
from jobs.works import Works


def rotate(works: Works) -> int:
    """Seal everything anew, a page and a commit at a time; killed half-way, it is run again. Returns the pages."""
    pages = 0
    for table, columns in sealed_tables():
        place = None
        while True:
            with unit_of_work(works.engine) as session:
                place = reseal_page(session, works.cipher, table, columns, place)
            if place is None:
                break
            passed(Place.PAGE_RESEALED)
            pages += 1
    return pages
