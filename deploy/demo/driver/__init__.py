"""Drives demo reports through a running stack, by the interfaces that everybody uses.

`drive.drive` sends them in by every channel, lets reporters and staff act on them as
`deploy.demo.reports` wrote it, and `statuses` tells where they all are in the end. Nothing here
touches the database; only a demo partner system is let in the way an operator does it.
"""
