"""What partner systems send and are told, whichever service reads it."""
