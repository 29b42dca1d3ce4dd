"""A process may end at any named place: nothing is lost and nothing doubled."""
