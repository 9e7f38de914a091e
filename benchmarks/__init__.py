"""What `make bench` runs: the product beside the least that its work can cost."""
