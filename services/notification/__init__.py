"""The notification service: whom to notify about a report, by which channel, and whether it
arrived. It also keeps the proof of contacts."""
