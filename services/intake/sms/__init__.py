"""SMS 1708: messages from the gateway, long messages in parts, and the answers."""
