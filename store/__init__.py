"""Records ↔ SQLite: schema, writers, queries."""
