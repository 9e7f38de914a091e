"""What happens to reports becomes rows of messages, once for each recipient and channel."""
