"""The message bus: NATS JetStream streams, CloudEvents, publishing, consuming, dead letters."""
