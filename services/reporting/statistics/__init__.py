"""*Monitor > Statistik*: facts of each report and their tallies, updated by events; they can be
rebuilt."""
