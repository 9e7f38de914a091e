"""HTTP for every service: problems, sign-in, paging, limits, and the application itself."""
