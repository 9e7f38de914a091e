"""Recovery of a lost access code or password by a proven contact."""
