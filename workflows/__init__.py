"""The report workflow, its activities, its launching, the outbox relay and the worker."""
