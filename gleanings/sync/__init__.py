"""One sync: its steps, its lock, its log and what it has said before."""
