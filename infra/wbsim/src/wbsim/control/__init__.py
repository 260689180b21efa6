"""The control API under `/_sim/`: what a test or a demo does to the simulated world, and what it asks of it."""

from starlette.routing import Route

from wbsim.control import commands, faults, people, reports

ROUTES: list[Route] = [*people.ROUTES, *commands.ROUTES, *faults.ROUTES, *reports.ROUTES]
