"""`python -m deploy.backup`: the process that keeps backups."""

from deploy.backup.keep import run

run()
