"""The bell of the panel: live notices for a member of staff about their reports."""
