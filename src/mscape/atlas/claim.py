"""What one row of a mechanism table claims, as printed and as terms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """A tumour or drug as a table prints it.

    Parameters
    ----------
    printed
        The table's own words.
    expanded
        The same, abbreviations spelled out.
    id
        Term id in the vocabulary; None if the vocabulary does not know it.
    guessed
        True if only a clue in the text said where the words end.
    """

    printed: str
    expanded: str
    id: str | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """An author-year reference as printed.

    Parameters
    ----------
    author
        First author's surname.
    initials
        First author's initials as printed; empty if none.
    year
        Year, with its letter if one is printed ('2018a').
    printed
        The whole reference.
    """

    author: str
    initials: str
    year: str
    printed: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a person should look at, though the row could be read."""

    where: str
    found: str
    advice: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}; {self.advice}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of a mechanism table.

    Parameters
    ----------
    row
        Number of the row in its table, from 1.
    tumour
        The row's tumour, or that of the row above it if the row prints none.
    drugs
        At least one drug or drug class, in the order printed.
    mechanism
        The mechanism's text as printed, on one line.
    references
        At least one reference, in the order printed.
    abbreviations
        Abbreviation and expansion, from the table's own footnote, of those this row uses.
    lines
        First and last line of the file that hold the row, from 1.
    signal_ids
        Term ids of the signals its text names, the most telling first.
    notes
        Further columns of the table: name and text.
    issues
        What a person should look at.
    """

    row: int
    tumour: Mention
    drugs: tuple[Mention, ...]
    mechanism: str
    references: tuple[Reference, ...]
    abbreviations: tuple[tuple[str, str], ...] = ()
    lines: tuple[int, int] = (1, 1)
    signal_ids: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    issues: tuple[Issue, ...] = ()

    @property
    def reference(self) -> Reference:
        """The first reference."""
        return self.references[0]

    @property
    def drug_ids(self) -> tuple[str, ...]:
        """Term ids of the drugs the vocabulary knows."""
        return tuple(drug.id for drug in self.drugs if drug.id is not None)


@dataclass(frozen=True, slots=True)
class Table:
    """A mechanism table as read.

    Parameters
    ----------
    claims
        One per row, in the order printed.
    abbreviations
        Abbreviation and expansion, from the table's footnote.
    title
        The line above the header; empty if there is none.
    citation
        Lines naming where the table was published.
    form
        How the file was laid out: 'print', 'csv' or 'tsv'.
    warnings
        What a person should look at, those of the rows included.
    """

    claims: tuple[Claim, ...]
    abbreviations: tuple[tuple[str, str], ...] = ()
    title: str = ""
    citation: tuple[str, ...] = ()
    form: str = "print"
    warnings: tuple[Issue, ...] = ()
