"""What an engine is: something that opens sessions, which take tasks and give their answers back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol


class WorkerLostError(Exception):
    """A worker died before a task had ended; says what is known of it. Never seen by users."""


class Session(Protocol):
    """One function and its shared data, as long as its tasks last."""

    @property
    def name(self) -> str:
        """The engine in words, for messages."""

    @property
    def width(self) -> int:
        """Tasks to have under way, a few more than are worked on at once."""

    def submit(self, task: Any) -> Any:
        """Send a task off; returns its future."""

    def result(self, future: Any) -> Any:
        """Wait for an answer; raises what the function raised, or `WorkerLostError`."""

    def ended(self, future: Any) -> bool:
        """Whether a future holds an answer, or what the function raised."""

    def close(self, unread: Sequence[Any]) -> None:
        """End the session; of the futures whose answers nobody will read, those not begun are not begun."""


class Engine(Protocol):
    """Where tasks run."""

    threads: int | None
    """Threads of this process that numeric code outside `run` may use; None for as many as there are."""

    def open(
        self, function: Callable[[Any, Any], Any], shared: Any, threads: int, *, exclusive: bool = False
    ) -> Session:
        """A session of ``function(shared, task)``; `exclusive` if no two tasks may share a process."""

    def close(self) -> None:
        """Let workers that this engine started go."""
