"""What is done about a report: follow-ups, replies, requests and decisions."""
