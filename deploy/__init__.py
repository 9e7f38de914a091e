"""Everything that assembles and runs the system: local stack, command line, migrations."""
