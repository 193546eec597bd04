"""Work that a person need not wait for. The one module that knows which library carries it.

In development and in the tests it is carried out at once, in the request; in production a worker does it
(``manage.py db_worker``) and its outcome is kept in the database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

import structlog
from django.db.models import Min
from django_tasks import TaskResult, TaskResultStatus, default_task_backend, task
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks_db.models import DBTaskResult

__all__ = ["TaskBroke", "Work", "background_task", "begin", "oldest_waiting", "work_of"]

log = structlog.get_logger(__name__)
ENDED = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)


@dataclass(frozen=True)
class Work:
    """A piece of work: whether it has ended, whether it failed, and what came of it (plain JSON)."""

    id: str
    arguments: dict[str, Any]
    ended: bool
    failed: bool
    outcome: Any = None


class TaskBroke(Exception):
    """A piece of work broke. It says with which kind of exception, and nothing of that exception's words."""


def background_task() -> Callable[[Callable[..., Any]], Any]:
    """Make a function a piece of work. The words of what breaks it are dropped: the library would store them.

    Its kind and the places in the code are logged, as for every fault.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def without_words(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except Exception as broke:
                log.exception("task_broke", task=function.__qualname__)
                kind = f"{type(broke).__module__}.{type(broke).__qualname__}"
            raise TaskBroke(kind)  # outside, so that it carries nothing of what it was raised for

        return task()(without_words)

    return decorate


def begin(task: Any, **arguments: Any) -> Work:
    """Hand ``task`` over with these arguments (plain JSON), and return it as far as it is now."""
    return _work(task.enqueue(**arguments))


def work_of(task: Any, work_id: str) -> Work | None:
    """Return a piece of work of this kind by its id, or ``None`` where there is none."""
    try:
        result = default_task_backend.get_result(work_id)
    except (TaskResultDoesNotExist, NotImplementedError, ValueError):
        return None
    return _work(result) if result.task == task else None


def oldest_waiting() -> datetime | None:
    """Return since when the work has waited that waits longest; None where none waits."""
    since: datetime | None = DBTaskResult.objects.ready().aggregate(since=Min("enqueued_at"))["since"]
    return since


def _work(result: TaskResult[Any]) -> Work:
    ended = result.status in ENDED
    failed = result.status == TaskResultStatus.FAILED
    outcome = result.return_value if ended and not failed else None
    return Work(str(result.id), dict(result.kwargs), ended, failed, outcome)
