"""*Monitor > Statistik*: facts of each report and their tallies, kept from events, rebuildable."""
