"""News that a reporter is owed and no message could bring (*harus dihubungi dengan cara lain*)."""
