"""Going on after failures, and stopping when told to."""
