"""The file of a download: which rows, what of them, and how they are written."""
