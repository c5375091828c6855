"""Several pieces of work at once, as many as whoever started us allows."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from cargo_autodiff.named import Named, each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

R = TypeVar("R")


class Allowance(Protocol):
    """Leave to use one more processor beside the one that this process was started with."""

    most: int
    """How many more there can ever be."""

    def acquire(self, stop: threading.Event) -> bool:
        """Wait for leave; give False when `stop` is set before it comes."""

    def release(self) -> None:
        """Give back what one acquire got."""


class Job(Named, Generic[R]):
    """A piece of work that a crew was given, and how it ended."""

    work: Callable[[], R]
    after: Sequence[Job[Any]] = ()
    """It is not begun before these are over."""
    is_over: bool = False
    failure: BaseException | None = None
    made: list[R] = each(factory=list)

    def do(self) -> None:
        """Do it, here and now."""
        try:
            self.made.append(self.work())
        except BaseException as error:
            self.failure = error


class Crew:
    """Threads that work off jobs, first come first served unless they are urgent; use it as a context manager.

    The thread that waits for a job works too; others do as far as the allowance goes. After a failure nothing new is
    begun.
    """

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._waiting: deque[Job[Any]] = deque()
        self._change = threading.Condition()
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._helpers: list[threading.Thread] = []

    def start(self, work: Callable[[], R], *, after: Sequence[Job[Any]] = (), urgent: bool = False) -> Job[R]:
        """Give the crew a job; one that is urgent is next as soon as it can be begun."""
        job = Job(work=work, after=after)
        with self._change:
            (self._waiting.appendleft if urgent else self._waiting.append)(job)
            self._change.notify_all()
            if len(self._helpers) < self._allowance.most:
                self._helpers.append(threading.Thread(target=self._help_out))
                self._helpers[-1].start()
        return job

    def result(self, job: Job[R]) -> R:
        """Work until a job is done, and give what it made, or raise what it raised. Raises too when another failed."""
        return self.results([job])[0]

    def results(self, jobs: Sequence[Job[R]]) -> list[R]:
        """Do the same for several: of several failures the first in order is raised.

        A wish to end is raised at once, whoever is at work: what others do has to be ended by who gets it.
        """
        while (next_one := self._next(until=jobs)) is not None:
            self._finish(next_one)
        failures = [job.failure for job in jobs if job.failure is not None]
        if failures:
            raise failures[0]
        return [job.made[0] for job in jobs]

    def _next(self, *, until: Sequence[Job[Any]]) -> Job[Any] | None:
        """Take a job, or wait for one; none, when all are over that are waited for."""
        with self._change:
            while True:
                if self._failure is not None:
                    if _is_wish(self._failure):
                        raise self._failure
                    self._drop_waiting(self._failure)
                if all(job.is_over for job in until):
                    return None
                if (job := self._ready()) is not None:
                    self._waiting.remove(job)
                    return job
                self._change.wait()

    def _ready(self) -> Job[Any] | None:
        """Find the next job that can be begun."""
        return next((job for job in self._waiting if all(other.is_over for other in job.after)), None)

    def _drop_waiting(self, failure: BaseException) -> None:
        for job in self._waiting:
            job.failure, job.is_over = failure, True
        self._waiting.clear()

    def _finish(self, job: Job[Any]) -> None:
        job.do()
        with self._change:
            job.is_over = True
            if self._failure is None or _is_wish(job.failure):
                self._failure = job.failure
            self._change.notify_all()

    def _help_out(self) -> None:
        """Do jobs as long as there are any and there is leave."""
        while self._allowance.acquire(self._over):
            try:
                with self._change:
                    job = self._ready() if self._failure is None else None
                    if job is not None:
                        self._waiting.remove(job)
                if job is not None:
                    self._finish(job)
            finally:
                self._allowance.release()
            with self._change:
                while not self._over.is_set() and (self._failure is not None or self._ready() is None):
                    self._change.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._change:
            self._over.set()
            if error is not None:
                self._failure = error  # those who wait for a job, too, that this thread has left
                self._drop_waiting(error)
            self._waiting.clear()
            self._change.notify_all()
        for thread in self._helpers:
            thread.join()


def _is_wish(failure: BaseException | None) -> bool:
    """Tell whether somebody wants us to end (a signal): that is no error of a job."""
    return failure is not None and not isinstance(failure, Exception)
