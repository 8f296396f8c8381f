"""The outside world → records: outlines, Readwise's dialects, links."""
