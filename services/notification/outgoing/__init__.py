"""A message made ready at the moment of sending: to whom, in which language, and whether still."""
