"""Messages to staff: who is notified of an event, when they want it, and their e-mail address."""
