"""Every way a report comes in."""
