"""Facts about Markdown text that readers and writers share."""
