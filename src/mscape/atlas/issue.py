"""What a check is and what it finds: the same for checks of records alone and of records against models."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

S_contra = TypeVar("S_contra", contravariant=True)
C_contra = TypeVar("C_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a curator should mend.

    Parameters
    ----------
    where
        Record, file and line.
    found, expected, advice
        What stands there, what would be right (may be empty), what to do.
    check
        Name of the check that found it; filled in by the check.
    """

    where: str
    found: str
    expected: str = ""
    advice: str = ""
    check: str = ""

    def __str__(self) -> str:
        expected = f"expected {self.expected}" if self.expected else ""
        parts = [part for part in (self.found, expected, self.advice) if part]
        return " ".join(f"{self.where}: {'; '.join(parts)}".split())


@dataclass(frozen=True, slots=True)
class Check(Generic[S_contra, C_contra]):
    """A rule of the atlas.

    Parameters
    ----------
    name
        Name of its function, such as ``check_every_step_has_evidence``.
    description
        The function's one line of documentation.
    function
        Yields an issue for each breach, given a subject (a record) and what it stands in (the atlas).
    """

    name: str
    description: str
    function: Callable[[S_contra, C_contra], Iterator[Issue]]

    def find_issues(self, subject: S_contra, context: C_contra) -> Iterator[Issue]:
        """Return the breaches, each with the check's name."""
        for issue in self.function(subject, context):
            yield Issue(issue.where, issue.found, issue.expected, issue.advice, self.name)


def make_check(function: Callable[[S_contra, C_contra], Iterator[Issue]]) -> Check[S_contra, C_contra]:
    """Make a check of a function; its name and first line of documentation become the check's.

    Parameters
    ----------
    function
        Its name starts with ``check_``.
    """
    description = (function.__doc__ or "").strip().split("\n")[0]
    return Check(function.__name__, description, function)
