"""Schedules that run `sync` automatically: systemd, launchd or cron."""
