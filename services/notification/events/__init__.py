"""Turns events of reports into messages, once for each recipient and channel."""
