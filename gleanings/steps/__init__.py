"""The pipeline: one module a step, each called by its command and by `sync`."""
