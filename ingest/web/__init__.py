"""HTTP to untrusted servers: guarded, bounded in time and size, polite."""
