"""The reporter's tables made anew from the log: compared with those in use, swapped in, or as they were at a time."""
