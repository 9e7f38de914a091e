"""Backups of Postgres with its log, streams, attachments and, sealed apart, the secrets."""
