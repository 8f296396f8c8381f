"""Records → notes: cleaning, topics, rendering, writing."""
