"""What all services and the workflows use."""
