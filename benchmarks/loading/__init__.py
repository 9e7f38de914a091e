"""Loading very many reports: a nation's agencies, words as common and rare as people's, years."""
