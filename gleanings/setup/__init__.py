"""The first configuration: where notes lie, and what is written."""
