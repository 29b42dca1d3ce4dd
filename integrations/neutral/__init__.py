"""The neutral platform: facts as they are, for case files."""
