"""Messages from partner systems and answers to them, for all services that read them."""
