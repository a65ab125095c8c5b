"""The engines that are compared: what each is, what it needs, and what it is given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    """An engine other than ours.

    Parameters
    ----------
    id
        Also the name of its file in ``peers/``, unless ``file`` says another.
    label
        As printed.
    packages
        What pip installs.
    modules
        What must then import.
    reads_sbml
        Whether it reads the model itself; otherwise it is given a right-hand side that mscape generates.
    programs
        What must be on the path to install or run it.
    settings
        Environment variables while it is installed.
    note
        What a reader of the table must know.
    options
        Told to its process.
    """

    id: str
    label: str
    packages: tuple[str, ...]
    modules: tuple[str, ...]
    reads_sbml: bool
    programs: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    note: str = ""
    file: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def module(self) -> str:
        """Its file in ``peers/``, and the name of its environment."""
        return self.file or self.id


ROADRUNNER = Peer("roadrunner", "libRoadRunner", ("numpy", "libroadrunner"), ("roadrunner",), reads_sbml=True)
PEERS = (
    ROADRUNNER,
    Peer(
        "numbalsoda",
        "numbalsoda",
        ("numpy", "numba", "numbalsoda"),
        ("numba", "numbalsoda"),
        reads_sbml=False,
        programs=("cmake", "g++", "gfortran"),
        settings=(("CMAKE_POLICY_VERSION_MINIMUM", "3.5"),),  # its build script names a CMake that is gone
        note="LSODA on our right-hand side, compiled by numba",
    ),
    Peer(
        "diffsol",
        "diffsol",
        ("numpy", "pydiffsol"),
        ("pydiffsol",),
        reads_sbml=False,
        note="BDF on our right-hand side, compiled by its own LLVM; dense or sparse, whichever is faster",
    ),
    Peer(
        "amici",
        "AMICI",
        ("numpy", "swig", "amici"),
        ("amici",),
        reads_sbml=True,
        programs=("cmake", "g++"),
        note="CVODES on C++ it generates and compiles; Python result objects included",
    ),
    Peer(
        "amici-solver",
        "AMICI, solver only",
        ("numpy", "swig", "amici"),
        ("amici",),
        reads_sbml=True,
        programs=("cmake", "g++"),
        note="the time AMICI says its solver took, without the way to it and back: nobody gets that",
        file="amici",
        options=(("clock", "solver"),),
    ),
    Peer(
        "copasi",
        "COPASI",
        ("numpy", "copasi-basico"),
        ("basico", "COPASI"),
        reads_sbml=True,
        note="LSODA; includes copying results out in Python",
    ),
)
