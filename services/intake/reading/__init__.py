"""Reading a report: as everybody does, and as its reporter."""
