"""What staff and reporters do about a report. Each module holds one action, or a few similar
ones."""
