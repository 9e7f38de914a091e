"""*Tugas Saya*: what a person, or their agency, owes now, whatever the tab."""
