"""Downloads: who may ask for them, small ones made at once, large ones made by a workflow."""
