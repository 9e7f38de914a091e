"""Rows go to their providers, by mail and SMS: at once, and again where that failed."""
