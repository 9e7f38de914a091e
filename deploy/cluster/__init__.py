"""The whole system twice on one machine: what production has on many, to be tried and broken."""
