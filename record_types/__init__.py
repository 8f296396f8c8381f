"""Frozen records that the packages exchange, one module per noun, and the errors that a user can fix."""
