"""When `sync` runs by itself: systemd, launchd or cron."""
