"""HTTP as every service speaks it: problems, sign-in, paging, limits, the application itself."""
