"""Documents that we make for people to print and keep."""
