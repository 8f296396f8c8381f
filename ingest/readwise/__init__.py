"""Readwise's pages, one module a dialect."""
