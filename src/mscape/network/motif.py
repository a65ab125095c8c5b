"""Antimony with motifs, expanded to flat Antimony that the Antimony library then translates.

A file is a list of statements. Three rules, and nothing else, go beyond flat Antimony:

* ``import "name.ant"`` includes another file once. A name is a bare file name: no folder, no ``..``.
* ``model name(a, b) … end`` declares a motif. Its statements are not part of the model until it is used.
* ``x: name(p, q);`` uses it: arguments take the names given; a name the model around it already has (the
  chassis) keeps its name; every other name gets the prefix ``x_``, as in Antimony itself.

Why not Antimony's own modules: see ``docs/decisions/0002-motifs.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from mscape.errors import ModelError

MAX_FILE_CHARACTERS = 200_000
MAX_USES = 200
MAX_FILES = 200

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r'^import\s+"([^"]*)"$')
_MODEL = re.compile(r"^model\s+\*?([A-Za-z_]\w*)\s*\(([^)]*)\)$")
_USE = re.compile(r"^([A-Za-z_]\w*)\s*:\s*([A-Za-z_]\w*)\s*\(([^()]*)\)$")
_REACTION = re.compile(r"=>|->")
_DEFINITION = re.compile(r"^([A-Za-z_]\w*)\s*(?::=|'|=(?!>)|:)")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_BLOCK_WORD = re.compile(r"\b(import|end|model|module|function)\b")  # would let flat text leave its model
_FILE_NAME = re.compile(r"^[a-z][a-z0-9_]*\.ant$")
_WORDS = frozenset(
    "species compartment const var in has is substanceOnly formula reaction at after unit identity hypot end "
    "model import function ln log log10 exp sqrt sin cos tan abs max min floor ceil piecewise time pi pow "
    "factorial arcsin arccos arctan and or not true false inf nan DNA gene event t0 persistent priority "
    "fromTrigger second item litre dimensionless mole cvterm sboTerm".split()
)


@dataclass(frozen=True)
class Motif:
    """A reusable piece: its arguments, its statements, and the file it stands in."""

    name: str
    arguments: tuple[str, ...]
    statements: tuple[str, ...]
    file: str


@dataclass
class _Reading:
    """What has been read so far: files included, motifs declared, flat statements."""

    files: Mapping[str, str]
    included: set[str] = field(default_factory=set)
    motifs: dict[str, Motif] = field(default_factory=dict)
    statements: list[tuple[str, str]] = field(default_factory=list)


def expand_motifs(text: str, motifs: Mapping[str, str], file: str = "model.ant") -> str:
    """Expand imports and motif uses to flat Antimony statements, one a line.

    Parameters
    ----------
    text
        The model's Antimony.
    motifs
        File name to text of everything the model may import.
    file
        Name of the model's own file, for messages.

    Raises
    ------
    ModelError
        An import that is not a known bare file name, an unknown motif, a wrong number of arguments, a block
        without ``end``.
    """
    reading = _Reading(motifs)
    _read_file(text, file, reading)
    chassis = _names("\n".join(s for s, _ in reading.statements if not _USE.match(s)))
    uses = [s for s, _ in reading.statements if _USE.match(s)]
    if len(uses) > MAX_USES:
        raise ModelError(file, f"{len(uses)} motif uses", f"at most {MAX_USES}", "split the model")
    flat: list[str] = []
    for statement, source in reading.statements:
        use = _USE.match(statement)
        flat.extend(_expand_use(use, source, reading.motifs, chassis) if use else [statement])
    return "\n".join(f"{statement};" for statement in flat) + "\n"


def list_uses(text: str, motifs: Mapping[str, str], file: str = "model.ant") -> dict[str, str]:
    """Return label to motif name for every motif a model uses.

    Raises
    ------
    ModelError
        As `expand_motifs`.
    """
    reading = _Reading(motifs)
    _read_file(text, file, reading)
    uses = (_USE.match(statement) for statement, _ in reading.statements)
    return {use[1]: use[2] for use in uses if use}


@dataclass(frozen=True)
class Use:
    """A motif used under a label, and the names its arguments take."""

    label: str
    motif: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.label}: {self.motif}({', '.join(self.arguments)})"


@dataclass(frozen=True)
class Wiring:
    """A model's own file taken apart: what it imports, the motifs it uses, its other statements.

    ``shared`` holds the names that the imports bring along by themselves: those of the chassis. ``motifs``
    holds every motif they declare.
    """

    imports: tuple[str, ...]
    uses: tuple[Use, ...]
    statements: tuple[str, ...]
    shared: frozenset[str]
    motifs: Mapping[str, Motif]


def read_wiring(text: str, motifs: Mapping[str, str], file: str = "model.ant") -> Wiring:
    """Take a model's own file apart, so that several can be put together.

    Raises
    ------
    ModelError
        As `expand_motifs`; a motif declared in the model's own file.
    """
    reading = _Reading(motifs)
    uses: list[Use] = []
    statements: list[str] = []
    imports: list[str] = []
    for statement in _statements(text):
        use, imported = _USE.match(statement), _IMPORT.match(statement)
        if use:
            uses.append(Use(use[1], use[2], tuple(_arguments(use[3]))))
        elif imported:
            imports.append(imported[1])
            _read_statement(statement, file, reading)
        else:
            _refuse_block_words(statement, file)
            statements.append(statement)
    shared = _names("\n".join(statement for statement, _ in reading.statements))
    return Wiring(tuple(imports), tuple(uses), tuple(statements), shared, reading.motifs)


def list_names(text: str) -> frozenset[str]:
    """Return the names in a statement that are no words of Antimony.

    Examples
    --------
    >>> sorted(list_names("p5_signal := to_growth * max(il6_seen, 1e-3)"))
    ['il6_seen', 'p5_signal', 'to_growth']
    """
    return _names(text)


def rename_names(text: str, names: Mapping[str, str]) -> str:
    """Return a statement with some of its names replaced, all at once.

    Examples
    --------
    >>> rename_names("a := b + a1 * 2e3", {"a": "b", "b": "a"})
    'b := a + a1 * 2e3'
    """
    return _NAME.sub(lambda match: names.get(match[0], match[0]), text)


def find_defined(statement: str) -> str | None:
    """Return the name that a statement defines: by a rule, a rate, a value or a reaction; None of others.

    Examples
    --------
    >>> find_defined("bax := 1 / (1 + x)"), find_defined("bax has dimensionless")
    ('bax', None)
    """
    found = _DEFINITION.match(statement)
    return found[1] if found else None


def _read_file(text: str, file: str, reading: _Reading) -> None:
    if len(text) > MAX_FILE_CHARACTERS:
        raise ModelError(file, f"{len(text)} characters", f"at most {MAX_FILE_CHARACTERS}", "split the file")
    block: tuple[str, tuple[str, ...]] | None = None
    inside: list[str] = []
    for statement in _statements(text):
        model = _MODEL.match(statement)
        if model:
            if block:
                raise ModelError(
                    file,
                    f"model {model[1]} inside model {block[0]}",
                    "blocks one after another",
                    "write 'end'",
                )
            block, inside = (model[1], tuple(_arguments(model[2]))), []
        elif statement == "end":
            if not block:
                raise ModelError(
                    file, "'end' without a model block", "model name(…) … end", "remove the 'end'"
                )
            reading.motifs[block[0]] = Motif(block[0], block[1], tuple(inside), file)
            block = None
        elif block:
            _refuse_block_words(statement, file)
            inside.append(statement)
        else:
            _read_statement(statement, file, reading)
    if block:
        raise ModelError(file, f"model {block[0]} without 'end'", "model name(…) … end", "add 'end'")


def _read_statement(statement: str, file: str, reading: _Reading) -> None:
    imported = _IMPORT.match(statement)
    if not imported:
        if statement.startswith("import"):
            raise ModelError(
                file, statement[:80], 'import "name.ant"', "name one motif file in double quotes"
            )
        _refuse_block_words(statement, file)
        reading.statements.append((statement, file))
        return
    name = imported[1]
    if not _FILE_NAME.match(name):
        raise ModelError(
            file,
            f'import "{name[:80]}"',
            "a bare file name such as chassis.ant",
            "motifs are found by name, not by path",
        )
    if name not in reading.files:
        known = ", ".join(sorted(reading.files))
        raise ModelError(file, f'import "{name}"', f"one of {known}", "correct the name or add the motif")
    if len(reading.included) >= MAX_FILES:
        raise ModelError(file, f'import "{name}"', f"at most {MAX_FILES} files", "put motifs together")
    if name not in reading.included:
        reading.included.add(name)
        _read_file(reading.files[name], name, reading)


def _refuse_block_words(statement: str, file: str) -> None:
    """Refuse a word that would close the model or read a file if Antimony saw it."""
    word = _BLOCK_WORD.search(statement)
    if word:
        found = f"'{word[1]}' in '{statement[:80]}'"
        raise ModelError(file, found, f"'{word[1]}' in a statement of its own", "write it on its own line")


def _expand_use(
    use: re.Match[str], file: str, motifs: Mapping[str, Motif], shared: frozenset[str]
) -> list[str]:
    label, name, given = use[1], use[2], _arguments(use[3])
    motif = motifs.get(name)
    if motif is None:
        raise ModelError(
            file,
            f"{label}: {name}(…)",
            f"a motif: {', '.join(sorted(motifs))}",
            "import the file that declares it",
        )
    if len(given) != len(motif.arguments):
        expected = f"{len(motif.arguments)} arguments ({', '.join(motif.arguments)})"
        raise ModelError(
            file, f"{label}: {name} with {len(given)} arguments", expected, "give one name for each"
        )
    _refuse_clash(motif, shared)
    renamed = dict(zip(motif.arguments, given, strict=True))

    def rename(match: re.Match[str]) -> str:
        word = match[0]
        if word in renamed:
            return renamed[word]
        return word if word in shared or word in _WORDS else f"{label}_{word}"

    return [_NAME.sub(rename, statement) for statement in motif.statements]


def _refuse_clash(motif: Motif, shared: frozenset[str]) -> None:
    """A motif may use a name of the model around it, but not define one: it would not be its own."""
    for statement in motif.statements:
        defined = _DEFINITION.match(statement)
        if defined and defined[1] in shared and defined[1] not in motif.arguments:
            found = f"motif {motif.name} defines {defined[1]}, which the model around it has"
            raise ModelError(motif.file, found, "a name of its own", "rename it in the motif")


def _statements(text: str) -> list[str]:
    """Split into statements at ``;`` and line ends; a line ending in an operator or open bracket goes on."""
    bare = _COMMENT.sub(" ", text)
    joined = re.sub(r"([+\-*/^,(=])[ \t]*\r?\n\s*", r"\1 ", bare)
    parts = iter([part.strip() for line in joined.splitlines() for part in line.split(";") if part.strip()])
    statements = []
    for part in parts:
        whole = f"{part}; {next(parts, '')}" if _REACTION.search(part) else part
        statements.append(re.sub(r"\s+", " ", whole))
    return statements


def _arguments(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _names(text: str) -> frozenset[str]:
    return frozenset(_NAME.findall(text)) - _WORDS
