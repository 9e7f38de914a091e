"""The reporter's identity: encrypted at rest, and how exactly the public may read a report."""
