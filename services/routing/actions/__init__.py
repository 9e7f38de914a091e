"""What staff do to a report: verify, throw, defer, archive, forward, amend. Every module here is an
action, or a few alike."""
