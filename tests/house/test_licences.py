"""Licences of everything that is installed with mscape: nothing that would bind its users."""

import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement

FORBIDDEN = re.compile(r"\bA?GPL|(?:Affero|(?<!Lesser )General Public)|proprietary|commercial", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|Lesser General Public", re.IGNORECASE)

# Why a distribution that the rule would refuse is used all the same.
ALLOWED = {
    "python-libsbml": "LGPL-2.1, linked as a shared library and not changed",
    "text-unidecode": "offered under the Artistic licence or the GPL; used under the former; tests only",
}


def find_licence_fault(texts: list[str]) -> str | None:
    """Return what is wrong with what a distribution says about its licence, or None."""
    said = " | ".join(text for text in texts if text.strip())
    if not said:
        return "says nothing about its licence"
    if LESSER.search(said):
        return f"is under a lesser GPL ({said[:80]})"
    return f"is under {said[:80]}" if FORBIDDEN.search(said) else None


def _read_licence(name: str) -> list[str]:
    """Return what a distribution says in its metadata, else how its licence file begins."""
    found = distribution(name)
    metadata = found.metadata
    if "License-Expression" in metadata:
        return [metadata["License-Expression"]]
    said = [text for text in metadata.get_all("Classifier") or [] if text.startswith("License")]
    if "License" in metadata:
        said.append(metadata["License"].split("\n")[0])  # some paste the whole text; its title is enough
    if not any(said):
        files = [file for file in found.files or [] if file.name.upper().startswith("LICENSE")]
        said = [file.read_text(encoding="utf-8")[:400] for file in files]
    return said


def _list_distributions(start: str) -> set[str]:
    """Return the names of all that a distribution needs here, with its test extra."""
    found: set[str] = set()
    waiting = [Requirement(f"{start}[test]")]
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if name in found:
            continue
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:  # for another system or Python
            continue
        found.add(name)
        for requirement in map(Requirement, requires):
            extras = wanted.extras or {""}
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(requirement)
    return found - {start}


def test_no_dependency_binds_the_users_of_mscape() -> None:
    names = _list_distributions("mscape")
    assert {"numpy", "pydantic", "pytest", "python-libsbml"} <= names
    faults = {name: find_licence_fault(_read_licence(name)) for name in names}
    assert {name: fault for name, fault in faults.items() if fault and name not in ALLOWED} == {}


def test_every_exception_is_still_needed() -> None:
    names = _list_distributions("mscape")
    assert {
        name for name in ALLOWED if name not in names or not find_licence_fault(_read_licence(name))
    } == set()


@pytest.mark.parametrize(
    "text",
    ["GPL-3.0-or-later", "GNU General Public License v3", "AGPLv3", "LGPL-2.1", "Proprietary", "",
     "GNU Affero GPL", "GNU Lesser General Public License"],
)  # fmt: skip
def test_binding_licences_are_caught(text: str) -> None:
    assert find_licence_fault([text])


@pytest.mark.parametrize("text", ["MIT", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "PSF-2.0", "HPND"])
def test_free_licences_pass(text: str) -> None:
    assert find_licence_fault([text]) is None
