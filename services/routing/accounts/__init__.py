"""How staff get in: sign-in, sessions, second factor, one-time links."""
