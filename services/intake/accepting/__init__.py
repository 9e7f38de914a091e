"""Accepts reports from every channel and stores them safely."""
