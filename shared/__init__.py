"""Code that all services and the workflows use."""
