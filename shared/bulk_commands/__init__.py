"""Many commands at once: each report gets its own command, handled like a single one."""

MOST = 200
"""The most reports of one bulk command."""
