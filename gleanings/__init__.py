"""The command line: commands, the steps of the pipeline, sync, schedules and configuration."""
