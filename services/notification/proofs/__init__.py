"""Reporters and owners of accounts prove their contacts; what a proven one opens."""
