"""The terms of a programme: everything a version promises, as values that can be written to a file."""
