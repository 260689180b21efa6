"""`/admin`: what administrators see and do, in the dialect of `ra-data-simple-rest`; one module a resource."""
