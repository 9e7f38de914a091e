"""The notification service: whom to notify of a report, by which channel, and if it arrived."""
