"""What staff do to a report: verify, throw, defer, archive, forward, amend."""
