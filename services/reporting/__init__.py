"""Figures about the reports: downloads, statistics, dashboards and live events."""
