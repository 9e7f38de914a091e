"""What staff do to a report: verify, throw, defer, archive, forward, amend. Each module here holds
one action, or a few similar ones."""
