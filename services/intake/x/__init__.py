"""Posts on X that become reports."""
