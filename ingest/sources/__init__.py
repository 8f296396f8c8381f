"""Other programs' exports: one module per source (docs/formats.md, Other sources)."""
