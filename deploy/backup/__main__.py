"""Runs the process that keeps backups: `python -m deploy.backup`."""

from deploy.backup.keep import run

run()
