"""Partner systems: what they send over the bus, and what they may ask over HTTP."""
