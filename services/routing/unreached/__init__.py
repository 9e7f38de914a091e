"""News for reporters that no message could deliver (*harus dihubungi dengan cara lain*)."""
