"""Programmes as files: read, written, described, refused with sentences."""
