"""Partner systems: their NATS accounts, keys and tokens."""
