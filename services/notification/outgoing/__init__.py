"""Prepares a message when it is sent: recipient, language, text, and if it may still be sent."""
