"""Documents for people to print and keep."""
