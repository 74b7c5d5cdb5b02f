import contextlib
import ctypes
import gc
import os
import signal
import sys
import threading
import time

import pytest

from rarml.core.interrupts import interrupts_insist, interrupts_wait

QUICK = 0.05  # seconds between reminders
PATIENCE = 5.0  # seconds in which one must have come through


def test_an_interrupt_waits_for_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), interrupts_wait():
        signal.raise_signal(signal.SIGINT)
        done.append("whole")
    assert done == ["whole"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_one_nothing_happens_and_what_is_raised_comes_through():
    with pytest.raises(ValueError, match="as it is"), interrupts_wait():
        raise ValueError("as it is")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_ones_own_is_called_and_kept():
    calls = []
    before = signal.signal(signal.SIGINT, lambda number, frame: calls.append(number))
    try:
        with interrupts_wait():
            signal.raise_signal(signal.SIGINT)
            assert calls == []
        assert calls == [signal.SIGINT]
        signal.raise_signal(signal.SIGINT)
        assert len(calls) == 2
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_it_does_nothing():
    seen = []

    def work():
        with interrupts_wait():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


def interrupt():
    signal.raise_signal(signal.SIGINT)
    for _ in range(100):
        time.sleep(0)  # the handler runs at the next call at the latest


def wait_for_it():
    """What a library goes on with after it has dropped the interrupt."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(0.001)


def in_a_callback():
    ctypes.CFUNCTYPE(None)(interrupt)()


def in_a_destructor():
    class Dies:
        def __del__(self):
            interrupt()

    Dies()
    gc.collect()


def in_a_bare_except():
    with contextlib.suppress(BaseException):
        interrupt()


@pytest.mark.parametrize("drop", [in_a_callback, in_a_destructor, in_a_bare_except])
def test_an_interrupt_that_a_library_drops_comes_again_and_nothing_is_printed(drop, capfd):
    before = sys.unraisablehook
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), interrupts_insist(QUICK):
        drop()
        wait_for_it()
    assert time.monotonic() - began < PATIENCE
    assert capfd.readouterr().err == ""
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert sys.unraisablehook is before


def test_a_wait_for_a_lock_is_woken():
    lock = threading.Lock()
    lock.acquire()
    with pytest.raises(KeyboardInterrupt), interrupts_insist(QUICK):
        in_a_bare_except()
        lock.acquire(timeout=PATIENCE)


def test_what_puts_things_in_order_is_left_alone():
    done = []
    with pytest.raises(RuntimeError, match="stopped"), interrupts_insist(QUICK):
        try:
            try:
                interrupt()
            finally:
                time.sleep(QUICK * 5)
                done.append("tidy")
        except KeyboardInterrupt as stop:
            time.sleep(QUICK * 5)
            try:
                raise RuntimeError("stopped") from stop
            finally:
                time.sleep(QUICK * 5)
                done.append("tidier")
    assert done == ["tidy", "tidier"]
    time.sleep(QUICK * 3)  # no reminder comes after the block


def test_a_second_interrupt_by_the_user_is_raised_at_once():
    with pytest.raises(KeyboardInterrupt), interrupts_insist(PATIENCE):
        try:
            interrupt()
        finally:
            with pytest.raises(KeyboardInterrupt):
                interrupt()


def test_what_else_cannot_be_raised_is_said_as_ever(monkeypatch):
    class Dies:
        def __del__(self):
            raise OSError("lost")

    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda dropped: seen.append(dropped.exc_type))
    with interrupts_insist(QUICK):
        Dies()
        gc.collect()
    assert seen == [OSError]


def test_a_program_that_handles_interrupts_its_own_way_keeps_it():
    calls = []
    before = signal.signal(signal.SIGINT, lambda number, frame: calls.append(number))
    try:
        with interrupts_insist(QUICK):
            interrupt()
            time.sleep(QUICK * 3)
    finally:
        signal.signal(signal.SIGINT, before)
    assert calls == [signal.SIGINT]


def test_a_forked_worker_just_stops():
    with interrupts_insist(QUICK):
        child = os.fork()
        if child == 0:
            try:
                interrupt()
            except KeyboardInterrupt:
                os._exit(7 if threading.active_count() == 1 else 8)
            os._exit(9)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
