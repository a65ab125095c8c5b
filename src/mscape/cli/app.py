"""The program: its commands, and how it ends."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from mscape.cli import (
    atlas,
    cohort,
    combine,
    doctor,
    dose_response,
    export,
    fit,
    identify,
    import_table,
    list_show,
    niche,
    rank,
    require,
    run,
    schedule,
    score,
    simulate,
    specificity,
    validate,
    verify,
)
from mscape.cli.output import prepare_streams, print_error, print_problem, say, silence_streams
from mscape.errors import MscapeError
from mscape.store import VERSION

INTERRUPTED = 130
USAGE = 2
OUTPUT = 7
Command = tuple[str, Callable[..., int | None], str]  # name, function, example
_LAYOUT: dict[str, Any] = {"no_args_is_help": True, "rich_markup_mode": None, "add_completion": False}


def make_app() -> typer.Typer:
    """Return the program with all its commands."""
    program = typer.Typer(name="mscape", help=start.__doc__, epilog=_quote(_EPILOG), **_LAYOUT)
    program.callback(invoke_without_command=True)(start)  # for --version alone
    commands: tuple[Command, ...] = (
        ("run", run.run, run.EXAMPLE),
        ("list", list_show.list_mechanisms, list_show.LIST_EXAMPLE),
        ("show", list_show.show_mechanism, list_show.SHOW_EXAMPLE),
        ("simulate", simulate.simulate_mechanism, simulate.EXAMPLE),
        ("dose-response", dose_response.dose_response, dose_response.EXAMPLE),
        ("score", score.score, score.EXAMPLE),
        ("fit", fit.fit, fit.EXAMPLE),
        ("identify", identify.identify, identify.EXAMPLE),
        ("require", require.require, require.EXAMPLE),
        ("niche", niche.niche, niche.EXAMPLE),
        ("rank", rank.rank, rank.EXAMPLE),
        ("combine", combine.combine, combine.EXAMPLE),
        ("schedule", schedule.schedule, schedule.EXAMPLE),
        ("cohort", cohort.cohort, cohort.EXAMPLE),
        ("validate", validate.validate, validate.EXAMPLE),
        ("specificity", specificity.specificity, specificity.EXAMPLE),
        ("export", export.export, export.EXAMPLE),
        ("import-table", import_table.import_table, import_table.EXAMPLE),
        ("verify", verify.verify, verify.EXAMPLE),
        ("doctor", doctor.doctor, doctor.EXAMPLE),
    )
    for name, function, example in commands:
        program.command(name, epilog=_quote(example))(function)
    group = typer.Typer(help="Check, start and tidy mechanism records.", **_LAYOUT)
    commands = (
        ("check", atlas.check, atlas.CHECK_EXAMPLE),
        ("new", atlas.new, atlas.NEW_EXAMPLE),
        ("format", atlas.format_files, atlas.FORMAT_EXAMPLE),
    )
    for name, function, example in commands:
        group.command(name, epilog=_quote(example))(function)
    program.add_typer(group, name="atlas")
    return program


_EPILOG = """\
First steps:
  mscape run --out report
  mscape show xu2018_breast_il6
  mscape simulate xu2018_breast_il6 --dose cisplatin=10uM

Exit codes: 0 done, 1 a check found something, 2 usage, 3 input data,
4 unknown id or atlas, 5 model or solve, 6 extra missing, 7 output,
130 interrupted."""


def start(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """How mesenchymal stromal cells shield tumour cells from drugs.

    Mechanisms that papers reported: curated, simulated, and scored against what the papers say.
    """
    if version:
        print(f"mscape {VERSION}")
        raise typer.Exit


def run_program(arguments: Sequence[str]) -> int:
    """Run the program with its arguments and return its exit code; nothing is raised.

    Parameters
    ----------
    arguments
        What stands behind ``mscape``.
    """
    prepare_streams()
    try:
        code = _invoke(arguments)
        sys.stdout.flush()
        return code
    except MscapeError as error:
        print_error(error)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted")
        return INTERRUPTED
    except OSError as error:
        return _end_with(error)
    except Exception as error:  # a bug: told in two lines, not in fifty
        return _tell_bug(error)


def main() -> None:
    """Run the program as the shell calls it."""
    code = run_program(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        silence_streams()
    sys.exit(code)


def _invoke(arguments: Sequence[str]) -> int:
    command = typer.main.get_command(app)
    try:
        # Not command.main(): it has its own ways with interrupts, broken pipes and errors.
        with command.make_context("mscape", list(arguments)) as context:
            return int(command.invoke(context) or 0)
    except typer.Exit as end:
        return int(end.exit_code)
    except Exception as error:
        if not hasattr(error, "format_message"):  # the mark of Click's own errors, vendored or not
            raise
        return _tell_usage(error)


def _tell_usage(error: Any) -> int:
    """Tell a mistake on the command line, and where to find help; an empty command line gets the help."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
        return USAGE
    print_problem(error.format_message())
    say(f"try '{context.command_path if context else 'mscape'} --help'")
    return int(error.exit_code)


def _end_with(error: OSError) -> int:
    if isinstance(error, BrokenPipeError):  # the reader has seen enough, as in `mscape list | head`
        silence_streams()
        return 0
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        print_problem(f"output: cannot be written; {error.strerror}; make room or choose another place")
        silence_streams()
        return OUTPUT
    return _tell_bug(error)


def _tell_bug(error: Exception) -> int:
    if os.environ.get("MSCAPE_DEBUG"):
        traceback.print_exception(error)
    print_problem(f"unexpected {type(error).__name__}: {error}")
    say(
        "this is a bug in mscape, not in what you typed; please report it with the command, the output of "
        "'mscape doctor' and that of the command run again with MSCAPE_DEBUG=1"
    )
    return 1


def _quote(text: str) -> str:
    """Return text whose line breaks the help keeps."""
    return "\n\n".join(f"\b\n{part}" for part in text.strip("\n").split("\n\n"))


app = make_app()
