"""Files made anew from what is seen and heard in them, so that nothing else can be in them.

Pure functions from file to file, for a process of their own (`shared.attachments.sandbox`).
"""
