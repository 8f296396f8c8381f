"""Frozen records that the packages exchange, errors that a user can fix, and safe access to files."""
