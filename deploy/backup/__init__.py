"""Backups of Postgres with its log, of streams and attachments, and of the secrets, which are
sealed."""
