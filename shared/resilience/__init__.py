"""Going on where something fails, and stopping when told to."""
