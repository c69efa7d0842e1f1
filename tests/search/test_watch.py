"""What ends a search: its clock, who follows it, a signal; waiting is not counted."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from symlaw.search.watch import ALL_TRIED, BY_CLOCK, BY_USER, Watch


def test_without_a_limit_nothing_ends_it() -> None:
    watch = Watch()
    assert not watch.is_late() and watch.left == float("inf") and watch.ended_by == ALL_TRIED


def test_its_clock_ends_it_and_a_share_of_it_sooner() -> None:
    watch = Watch(0.05)
    assert not watch.is_late()
    time.sleep(0.03)
    assert watch.is_late(0.5) and not watch.is_late()
    time.sleep(0.03)
    assert watch.is_late() and watch.left == 0.0 and watch.ended_by == BY_CLOCK


def test_time_that_it_waits_is_not_counted() -> None:
    def wait(_stop: threading.Event) -> bool:
        time.sleep(0.06)
        return False

    watch = Watch(0.05, wait)
    assert not watch.is_late() and watch.used < 0.05


def test_who_follows_it_can_end_it() -> None:
    watch = Watch(None, lambda _stop: True)
    assert watch.is_late() and watch.stop.is_set() and watch.ended_by == BY_USER


def test_a_part_is_of_the_time_that_is_left() -> None:
    watch = Watch(0.2)
    is_over = watch.part(0.1)
    assert not is_over()
    time.sleep(0.03)
    assert is_over() and not watch.is_late() and watch.ended_by == BY_CLOCK


@pytest.mark.skipif(os.name == "nt", reason="no signals to oneself")
def test_the_first_interrupt_ends_it_and_the_second_is_raised() -> None:
    watch = Watch()
    with pytest.raises(KeyboardInterrupt), watch.heeding_signals():
        os.kill(os.getpid(), signal.SIGINT)
        assert watch.stop.wait(5.0)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5.0)


def test_what_is_uncounted_takes_no_time_of_it() -> None:
    watch = Watch(0.05)
    with watch.uncounted():
        time.sleep(0.08)
    assert not watch.is_late() and watch.used < 0.05
