"""*Monitor > Statistik*: what the reports of an agency and those below it add up to."""
