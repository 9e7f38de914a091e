"""The way of a command: who asks, may they, save what was written, send it, say what became."""
