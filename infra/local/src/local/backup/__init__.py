"""Backups of the database: a whole copy now and then, and every change since, so that any moment can be had again."""
