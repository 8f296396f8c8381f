"""Frozen records that the packages exchange, one module a noun, and the errors a user can fix."""
