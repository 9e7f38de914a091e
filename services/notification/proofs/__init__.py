"""Reporters and owners of accounts prove their contacts, and use a proven contact."""
