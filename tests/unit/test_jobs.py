from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from cargo_autodiff.cargo.jobserver import JobServer
from cargo_autodiff.pipeline.jobs import Crew, Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cargo_autodiff.pipeline.jobs import Allowance


class Free:
    """Leave for everyone."""

    def __init__(self, most: int) -> None:
        self.most = most

    def acquire(self, stop: threading.Event) -> bool:
        return not stop.is_set()

    def release(self) -> None:
        return


def do_all(work: Callable[[int], object], items: Iterable[int], allowance: Allowance) -> list[object]:
    with Crew(allowance) as crew:
        return crew.results([crew.start(partial(work, item)) for item in items])


@contextmanager
def jobserver(tokens: int) -> Iterator[tuple[dict[str, str], int]]:
    """A pipe as make and cargo share it: the environment that names it, and its read end."""
    read, write = os.pipe()
    os.write(write, b"+" * tokens)
    try:
        yield {"CARGO_MAKEFLAGS": f"-j --jobserver-fds={read},{write} --jobserver-auth={read},{write}"}, read
    finally:
        os.close(read)
        os.close(write)


def tokens_in(read: int) -> int:
    os.set_blocking(read, False)
    try:
        return len(os.read(read, 100))
    except BlockingIOError:
        return 0


def test_results_come_in_the_order_of_the_items() -> None:
    assert do_all(lambda item: item * item, range(50), Free(3)) == [item * item for item in range(50)]


def test_two_items_are_worked_on_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=10)

    do_all(lambda _: both.wait(), range(2), Free(1))


def test_without_leave_one_thread_does_all() -> None:
    threads = do_all(lambda _: threading.get_ident(), range(10), Free(0))

    assert set(threads) == {threading.get_ident()}


def test_the_first_failure_in_order_is_raised_and_nothing_new_begins() -> None:
    begun = []

    def work(item: int) -> None:
        begun.append(item)
        if item == 1:
            raise ValueError(item)

    with pytest.raises(ValueError, match="1"):
        do_all(work, range(100), Free(0))
    assert begun == [0, 1]


def test_a_job_may_be_given_while_others_run() -> None:
    both = threading.Barrier(2, timeout=10)
    with Crew(Free(1)) as crew:
        first = crew.start(both.wait)
        second = crew.start(both.wait)

        assert sorted(crew.results([first, second])) == [0, 1]
        assert crew.result(crew.start(lambda: "more")) == "more"


def test_who_waits_for_one_job_does_those_before_it() -> None:
    done: list[int] = []
    with Crew(Free(0)) as crew:
        jobs = [crew.start(partial(done.append, number)) for number in range(3)]

        crew.result(jobs[1])

        assert done == [0, 1]


def test_a_wish_to_end_goes_before_other_failures() -> None:
    both = threading.Barrier(2, timeout=10)

    def fail(item: int) -> None:
        both.wait()
        raise KeyboardInterrupt if item else ValueError

    with pytest.raises(KeyboardInterrupt):
        do_all(fail, range(2), Free(1))


def test_a_wish_to_end_does_not_wait_for_what_others_do() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work() -> bool:
        if threading.current_thread() is threading.main_thread():
            begun.wait(timeout=60)
            raise KeyboardInterrupt
        begun.set()
        return ended.wait(timeout=60)

    with Crew(Free(1)) as crew:
        jobs = [crew.start(work), crew.start(work)]
        with pytest.raises(KeyboardInterrupt):
            crew.results(jobs)
        assert [job.is_over for job in jobs].count(False) == 1
        ended.set()
    assert [job.made for job in jobs].count([True]) == 1


def test_a_wish_to_end_reaches_who_waits_for_what_will_not_begin() -> None:
    waits = threading.Event()

    def work() -> object:
        never = crew.start(waits.clear, after=[Job(work=waits.clear)])
        waits.set()
        return crew.result(never)

    with pytest.raises(KeyboardInterrupt), Crew(Free(1)) as crew:
        crew.start(work)
        waits.wait(timeout=60)
        raise KeyboardInterrupt


def test_what_nobody_waited_for_is_not_begun_any_more() -> None:
    begun: list[int] = []
    with Crew(Free(0)) as crew:
        crew.start(partial(begun.append, 1))

    assert begun == []


def test_as_many_helpers_work_as_there_are_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    with jobserver(tokens=2) as (environ, _):
        three = threading.Barrier(3, timeout=10)

        do_all(lambda _: three.wait(), range(3), JobServer(environ))


def test_every_token_is_given_back() -> None:
    with jobserver(tokens=3) as (environ, read):
        do_all(lambda item: item, range(40), JobServer(environ))

        assert tokens_in(read) == 3


def test_tokens_are_given_back_after_a_failure() -> None:
    def fail(_: int) -> None:
        raise ValueError

    with jobserver(tokens=3) as (environ, read):
        with pytest.raises(ValueError):
            do_all(fail, range(5), JobServer(environ))

        assert tokens_in(read) == 3


def test_no_token_means_no_helper_and_no_waiting() -> None:
    with jobserver(tokens=0) as (environ, _):
        threads = do_all(lambda _: threading.get_ident(), range(5), JobServer(environ))

    assert set(threads) == {threading.get_ident()}


def test_a_jobserver_that_is_gone_leaves_the_job_we_have() -> None:
    assert JobServer({"MAKEFLAGS": "--jobserver-auth=fifo:/nowhere/at/all"}).most == 0


def test_a_job_begins_when_those_before_it_are_over() -> None:
    order: list[str] = []
    with Crew(Free(3)) as crew:
        first = crew.start(partial(order.append, "first"))
        last = crew.start(partial(order.append, "last"), after=[first], urgent=True)
        crew.results([last])

    assert order == ["first", "last"]


def test_an_urgent_job_is_next() -> None:
    order: list[int] = []
    with Crew(Free(0)) as crew:
        crew.results([crew.start(partial(order.append, number), urgent=number == 2) for number in range(3)])

    assert order == [2, 0, 1]


def test_what_waits_for_a_failure_is_not_begun() -> None:
    begun: list[str] = []
    with Crew(Free(3)) as crew:
        failing = crew.start(partial(int, "x"))
        after = crew.start(partial(begun.append, "after"), after=[failing])
        with pytest.raises(ValueError, match="invalid literal"):
            crew.results([after])

    assert begun == []
