"""Every error mscape raises on purpose, each with the exit code a command ends with.

::

    MscapeError              1   base, never raised itself
    ├── UsageError           2   the command line or a call asks for something impossible
    ├── DataError            3   a value in a user's file or argument is wrong
    ├── FormatError          3   a file cannot be read as the format it claims
    ├── UnknownIdError       4   no mechanism, term, drug or line of that name
    ├── AtlasError           4   a curated record breaks a rule
    ├── ModelError           5   a model is inconsistent or lacks what is asked of it
    ├── SolveError           5   the one-run convenience failed (batches report a status instead)
    ├── ExtraError           6   an optional dependency is missing
    ├── OutputError          7   a result cannot be written
    └── Faults               =   several of the above at once; the lowest code of its members

A message has four parts: *where* (record or file and line), what was *found*, what was *expected* and
what to *do*.
"""

from collections.abc import Iterable


class MscapeError(Exception):
    """Something a person can mend, said in four parts.

    Parameters
    ----------
    where
        Record, file and line, option or function: the place to look.
    found
        What stands there and why it is wrong.
    expected
        What would be right; empty if *found* already says it.
    advice
        What to do, in the imperative; empty if *expected* already says it.

    Examples
    --------
    >>> print(DataError("plate.csv line 7", "dose -3 is negative", "0 or more", "remove the minus sign"))
    plate.csv line 7: dose -3 is negative; expected 0 or more; remove the minus sign
    """

    exit_code: int = 1

    def __init__(self, where: str, found: str, expected: str = "", advice: str = "") -> None:
        # All four go to Exception.args so that the error survives pickling between worker processes.
        super().__init__(where, found, expected, advice)
        self.where = where
        self.found = found
        self.expected = expected
        self.advice = advice

    def __str__(self) -> str:
        expected = f"expected {self.expected}" if self.expected else ""
        parts = [part for part in (self.found, expected, self.advice) if part]
        return " ".join(f"{self.where}: {'; '.join(parts)}".split())


class UsageError(MscapeError):
    """The command line or a call asks for something impossible."""

    exit_code = 2


class DataError(MscapeError):
    """A value in a user's file or argument is wrong."""

    exit_code = 3


class FormatError(MscapeError):
    """A file cannot be read as the format it claims."""

    exit_code = 3


class UnknownIdError(MscapeError):
    """No mechanism, term, drug or cell line of that name."""

    exit_code = 4


class AtlasError(MscapeError):
    """A curated record breaks a rule of the atlas."""

    exit_code = 4


class ModelError(MscapeError):
    """A model is inconsistent, or lacks what an experiment asks of it."""

    exit_code = 5


class SolveError(MscapeError):
    """A single simulation failed; batches report a status instead of raising."""

    exit_code = 5


class ExtraError(MscapeError):
    """An optional dependency is missing."""

    exit_code = 6


class OutputError(MscapeError):
    """A result cannot be written."""

    exit_code = 7


class Faults(MscapeError):  # noqa: N818 - it is a plural of errors, not one more kind
    """Several errors found in one pass, so that a user mends them all at once.

    Parameters
    ----------
    errors
        At least one error; nested faults are flattened.

    Raises
    ------
    ValueError
        No error given.
    """

    def __init__(self, errors: Iterable[MscapeError]) -> None:
        self.errors: tuple[MscapeError, ...]
        flat: list[MscapeError] = []
        for error in errors:
            flat.extend(error.errors if isinstance(error, Faults) else (error,))
        if not flat:
            raise ValueError("Faults needs at least one error")
        super().__init__(flat[0].where, flat[0].found, flat[0].expected, flat[0].advice)
        self.errors = tuple(flat)
        self.args = (self.errors,)  # what pickle hands back to __init__
        self.exit_code = min(error.exit_code for error in flat)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def raise_faults(errors: Iterable[MscapeError]) -> None:
    """Raise what was collected: nothing if empty, the error itself if one, `Faults` if several.

    Parameters
    ----------
    errors
        Errors collected by a pass over a record, file or command line.

    Raises
    ------
    MscapeError
        The one error, or `Faults` holding all of them.

    Examples
    --------
    >>> raise_faults([])
    """
    found = tuple(errors)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Faults(found)
