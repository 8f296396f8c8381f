"""Frozen records that the steps hand to each other, one module a stage."""
