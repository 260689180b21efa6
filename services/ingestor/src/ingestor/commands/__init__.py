"""What is written at Wildberries: commands with a journal, each carried out once."""
