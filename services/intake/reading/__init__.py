"""Reading a report, as the public or as its reporter."""
