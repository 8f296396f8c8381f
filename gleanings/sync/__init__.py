"""Run the whole pipeline unattended: steps, lock, log, and memory of what was reported."""
