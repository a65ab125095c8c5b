"""Flat Antimony to SBML, in a child process.

The Antimony library ends the process on some malformed input (seen with 3.3.0: a segmentation fault on a unit
named before it is declared), so it is never loaded into ours: whatever it does, the caller gets SBML or a
`ModelError`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from mscape.errors import ModelError

TIMEOUT_S = 60.0
_CHILD = """
import json, sys, antimony
answer = {}
for name, text in json.load(sys.stdin).items():
    antimony.clearPreviousLoads()
    code = antimony.loadAntimonyString("model %s()\\n%send\\n" % (name, text))
    sbml = antimony.getSBMLString(name) if code >= 0 else ""
    answer[name] = [sbml, "" if code >= 0 and sbml else antimony.getLastError()]
    print(json.dumps([name, answer[name]]), flush=True)
"""


def translate_antimony(models: Mapping[str, str]) -> dict[str, str]:
    """Translate flat Antimony statements to SBML Level 3 Version 2.

    Parameters
    ----------
    models
        Model id to its flat statements, as `expand_motifs` returns them.

    Raises
    ------
    ModelError
        Antimony refuses a model, or ends without an answer.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSTARTUP"}
    command = [sys.executable, "-I", "-c", _CHILD]
    try:
        child = subprocess.run(
            command,
            input=json.dumps(dict(models)),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"no answer from Antimony within {TIMEOUT_S:.0f} s"
        raise ModelError(
            ", ".join(models), message, "a model it can translate", "simplify the model"
        ) from None
    answers = dict(json.loads(line) for line in child.stdout.splitlines() if line.startswith("["))
    return {name: _answer(name, answers.get(name), child) for name in models}


def _answer(name: str, answer: tuple[str, str] | None, child: subprocess.CompletedProcess[str]) -> str:
    if answer is None:
        last = (child.stderr.strip().splitlines() or [f"it ended with code {child.returncode}"])[-1]
        found = f"the Antimony library stopped: {last[:200]}"
        raise ModelError(name, found, "valid Antimony", "look for a unit or name used before it is declared")
    sbml, error = answer
    if error:
        raise ModelError(name, " ".join(error.split())[:400], "valid Antimony", "mend the statement it names")
    return sbml
