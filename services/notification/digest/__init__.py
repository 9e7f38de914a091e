"""The morning digest: what each member of staff owes, sent on working days."""
