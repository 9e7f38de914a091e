"""Importing agencies and people from a spreadsheet."""
