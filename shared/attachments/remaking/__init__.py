"""Makes files anew from what is seen and heard in them, so that they contain nothing else.

These are pure functions from file to file, which run in a separate process
(`shared.attachments.sandbox`).
"""
