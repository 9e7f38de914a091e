"""What staff and reporters do about a report. Every module here is an action, or a few alike."""
