"""What people type, read the same way everywhere: texts, fields, phones, regions."""
