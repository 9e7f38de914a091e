"""Who is told what of a report, by which way, and that it arrived; contacts and their proof."""
