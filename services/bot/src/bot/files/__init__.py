"""Files that people take away: one a module, made of plain data."""
