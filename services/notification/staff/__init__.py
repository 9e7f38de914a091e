"""Staff: whom an event concerns, how they want to be told, their e-mail address."""
