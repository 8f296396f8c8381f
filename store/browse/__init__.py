"""The Datasette plugin: the store as a small library in the browser."""
