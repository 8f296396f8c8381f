"""Pictures of highlights, fetched through the guarded client of `ingest.links`."""
