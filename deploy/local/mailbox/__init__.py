"""The local stack's replacement for mail servers and SMS gateways: real protocols, stored files,
and a page that shows the messages. Nothing leaves the machine."""
