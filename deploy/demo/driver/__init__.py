"""Drives demo reports through a running stack, by the interfaces that everybody uses.

Nothing here touches the database; only the demo's partner system is registered the way an operator
does it.
"""
