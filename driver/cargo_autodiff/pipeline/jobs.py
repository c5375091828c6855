"""Several pieces of work at once, as many as whoever started us allows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")


class Allowance(Protocol):
    """Leave to use one more processor beside the one that this process was started with."""

    most: int
    """How many more there can ever be."""

    def acquire(self, stop: threading.Event) -> bool:
        """Wait for leave; give False when `stop` is set before it comes."""

    def release(self) -> None:
        """Give back what one acquire got."""


def do_all(work: Callable[[T], R], items: Sequence[T], allowance: Allowance) -> list[R]:
    """Do the work for every item, and return the results in order.

    This thread works always, others as far as the allowance goes. After a failure nothing new is begun; of several the
    first in order is raised.
    """
    queue = _Queue(work, items)
    most = min(allowance.most, len(items) - 1)
    helpers = [threading.Thread(target=queue.help_out, args=(allowance,)) for _ in range(most)]
    for thread in helpers:
        thread.start()
    try:
        while queue.work_off():
            pass
    finally:
        queue.over.set()
        for thread in helpers:
            thread.join()
    return queue.results()


class _Queue(Generic[T, R]):
    def __init__(self, work: Callable[[T], R], items: Sequence[T]) -> None:
        self.over = threading.Event()
        self._work = work
        self._waiting = list(enumerate(items))[::-1]
        self._turn = threading.Lock()
        self._done: dict[int, R] = {}
        self._failed: dict[int, BaseException] = {}

    def work_off(self) -> bool:
        """Do one item; tell whether there was one."""
        with self._turn:
            if not self._waiting or self._failed:
                self.over.set()
                return False
            number, item = self._waiting.pop()
        try:
            self._done[number] = self._work(item)
        except BaseException as error:
            self._failed[number] = error
        return True

    def help_out(self, allowance: Allowance) -> None:
        """Do items as long as there are any and there is leave."""
        more = True
        while more and allowance.acquire(self.over):
            try:
                more = self.work_off()
            finally:
                allowance.release()

    def results(self) -> list[R]:
        """Give the results, or raise what failed: first of all the wish to end, which makes the others fail."""
        if self._failed:
            raise min(self._failed.items(), key=lambda failed: (isinstance(failed[1], Exception), failed[0]))[1]
        return [self._done[number] for number in sorted(self._done)]
