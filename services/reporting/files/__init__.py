"""The file of a download: which rows it has, with which columns, and how they are written."""
