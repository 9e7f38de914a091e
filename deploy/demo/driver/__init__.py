"""Drives demo reports through a running stack, through the interfaces that everybody uses.

Nothing here uses the database; only the demo's partner system is registered as an operator does it.
"""
