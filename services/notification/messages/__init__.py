"""What people are told of what, in which words and by which channel. Pure."""
