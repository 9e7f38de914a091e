"""The morning's digest: what each of the staff owes, on working days."""
