"""Judging: what every fact of a member deserves under the versions of its time, and which level that makes."""
