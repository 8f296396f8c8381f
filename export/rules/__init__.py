"""Rules of cleaning, one module a noun."""
