"""The services that take requests of people and systems."""
