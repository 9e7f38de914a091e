"""How long tests wait for what comes unless the product is broken."""

READY_WITHIN = 240.0
"""Seconds for a process to be ready, however busy the machine is; one that ends is told at once."""
