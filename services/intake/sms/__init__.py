"""SMS 1708: the gateway's messages, the parts of long ones, and the answers."""
