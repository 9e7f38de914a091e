"""From any channel to a report that is safe on disk: one way in."""
