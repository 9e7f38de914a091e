"""What one person alone may not do (decision 31): asked by one, granted by another."""
