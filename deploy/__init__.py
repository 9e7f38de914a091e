"""Everything that puts the system together and runs it: local stack, command line, migrations."""
