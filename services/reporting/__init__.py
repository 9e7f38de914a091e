"""What the reports add up to: exports, statistics, dashboards, live events."""
