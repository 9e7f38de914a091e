"""A lost access code, a lost password: a proven contact gets another one."""
