"""What Pulse is made of that others wrote: its licences and its known holes; the package in which `make` finds them."""
