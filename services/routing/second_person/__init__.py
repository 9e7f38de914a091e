"""What no person may do alone (decision 31): one person asks, another grants."""
