"""NATS with its own JWTs: keys, signed claims, users, and pushing accounts to every node."""
