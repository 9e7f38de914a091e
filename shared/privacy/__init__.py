"""Who reported: encrypted at rest, and as exactly as everybody may read of it."""
