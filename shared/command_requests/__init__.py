"""How a command is handled: check who asks and whether they may, save, send, report the outcome."""
