"""The message bus: NATS JetStream streams, CloudEvents, publishing, consuming, dead letters."""

from shared.bus.streams import declare

__all__ = ["declare"]
