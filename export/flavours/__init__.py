"""One renderer a flavour of Markdown."""
