"""The local stack: real servers from PyPI wheels and every process of the system, on loopback."""
