"""The HTTP interface: routes, who may call them, and how errors look."""
