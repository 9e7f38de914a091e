"""Sends messages to their providers by mail and SMS, and retries them."""
