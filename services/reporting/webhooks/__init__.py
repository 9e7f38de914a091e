"""Webhooks: agencies' own systems are told what happens to the reports of their subtree."""
