"""Which messages people get, with which words and by which channel. Pure."""
