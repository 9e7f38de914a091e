"""Many commands at once: each report gets one of its own, by the same way as a single one."""

MOST = 200
"""Reports of one bulk command."""
