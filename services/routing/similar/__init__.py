"""Reports that may be about the same thing (*laporan serupa*): by their words, or near by."""
