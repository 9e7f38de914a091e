"""The life of a report, without input or output: statuses, actions, authority, clocks,
decisions."""
