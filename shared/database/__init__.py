"""The database: engine, transactions."""
