"""Webhooks: agencies' own systems are notified of what happens to the reports of their subtree."""
