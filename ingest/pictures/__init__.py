"""Pictures of highlights, fetched through the guarded session of `ingest.web`."""
