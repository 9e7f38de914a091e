"""Partner systems: their reports over the bus, and their requests over HTTP."""
