"""Prepares a message when it is sent: recipient, language, text, and whether it may still be
sent."""
