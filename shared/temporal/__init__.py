"""Temporal: the names and messages of a report's workflow, and the one door to it."""
