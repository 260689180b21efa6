"""`python -m bench.unobserved <service> serve`: a service whose metrics count nothing, to compare with."""

import runpy
import sys

import prometheus_client


def nothing(*_: object, **__: object) -> None:
    """Instead of counting."""


if __name__ == "__main__":
    for kind, methods in (
        (prometheus_client.Counter, ("inc",)),
        (prometheus_client.Gauge, ("inc", "dec", "set")),
        (prometheus_client.Histogram, ("observe",)),
    ):
        for method in methods:
            setattr(kind, method, nothing)
    module = sys.argv.pop(1)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
