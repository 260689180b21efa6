"""What goes on beside a trial, in a thread of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def beside(act: Callable[[], object], is_over: threading.Event) -> Iterator[None]:
    """It acts until it is told that it is over."""
    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@contextmanager
def repeated(act: Callable[[], object], pause_seconds: float) -> Iterator[None]:
    """It acts again and again, with a pause before each time."""
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.wait(pause_seconds):
            act()

    with beside(repeat, is_over):
        yield
