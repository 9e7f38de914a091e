"""The whole system twice on one machine, to try and to break what production runs on many."""
