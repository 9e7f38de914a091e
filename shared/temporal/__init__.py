"""Temporal: the names and messages of a report's workflow, and the one gateway to it."""
