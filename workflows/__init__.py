"""The report workflow, its activities, the launcher, the outbox relay and the worker."""
