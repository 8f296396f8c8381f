"""Where the figures of docs/benchmarks.md come from: each claim beside its floor or peer, in one run."""
