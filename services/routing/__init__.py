"""Who handles a report: verification, disposition, the queue, agencies and staff."""
