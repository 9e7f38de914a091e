"""Values that people type, read in the same way everywhere: texts, fields, phones, regions."""
