"""The bell of the panel: what concerns somebody, live."""
