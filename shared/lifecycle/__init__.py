"""The life of a report, pure: statuses, actions, who may do what, clocks, what is decided."""
