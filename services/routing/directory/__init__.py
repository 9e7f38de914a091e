"""What pusat and admins keep: agencies, people, reference data, process times, the calendar."""
