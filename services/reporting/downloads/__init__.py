"""Downloads: who may ask, small ones at once, large ones by a workflow of their own."""
