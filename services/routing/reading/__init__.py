"""A report in full, as its staff read it; readings that must be accounted for."""
