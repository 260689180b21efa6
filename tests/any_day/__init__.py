"""`make any-day`: the tests, the demo and the chaos run on other days and in other zones than today's."""
