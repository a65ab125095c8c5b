"""An SBML document before its model is read: opened, refused by name, submodels put in place."""

from __future__ import annotations

from xml.parsers import expat

import libsbml

from mscape.errors import ModelError
from mscape.network.expression import Call, Name
from mscape.network.order import order_definitions

MAX_CHARACTERS = 20_000_000
MAX_FORMULA = 40_000  # characters, in Level 1
MAX_SUBMODELS = 1000
MAX_DEPTH = 1000  # of XML elements: libSBML reads nested formulas by recursion
_UNDERSTOOD = ("comp", "l3v2extendedmath")


def open_document(text: str) -> libsbml.SBMLDocument:
    """Parse a text.

    Raises
    ------
    ModelError
        Too large, too deeply nested, not SBML, or without a model.
    """
    if len(text) > MAX_CHARACTERS:
        raise ModelError(
            "SBML", f"{len(text)} characters", f"at most {MAX_CHARACTERS}", "give a smaller model"
        )
    _refuse_hostile(text)
    document = libsbml.readSBMLFromString(text)
    errors = [document.getError(i) for i in range(document.getNumErrors())]
    fatal = [e for e in errors if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if any(error.getErrorId() == libsbml.RequiredPackagePresent for error in fatal):
        prefixes = (document.getUnknownPackagePrefix(i) for i in range(document.getNumUnknownPackages()))
        raise _refuse("SBML", [f"package {prefix}" for prefix in prefixes])
    if document.getModel() is None or fatal:
        said = " ".join(" ".join(error.getMessage().split()) for error in fatal)[:300].strip()
        found = said or (f"error {fatal[0].getErrorId()} of libSBML" if fatal else "no model in the document")
        raise ModelError("SBML", found, "a valid SBML model", "check the file with libSBML's validator")
    return document


def _refuse_hostile(text: str) -> None:
    """Refuse XML that would exhaust the stack or the memory of libSBML, before it sees it."""
    depth = 0

    def enter(_: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise ModelError(
                "SBML",
                f"elements nested over {MAX_DEPTH} deep",
                "fewer",
                "split formulas by assignment rules",
            )
        if len(attributes.get("formula", "")) > MAX_FORMULA:
            found = f"a formula of {len(attributes['formula'])} characters"
            raise ModelError("SBML", found, f"at most {MAX_FORMULA}", "split it by assignment rules")

    def leave(_: str) -> None:
        nonlocal depth
        depth -= 1

    def declare(*_: object) -> None:
        raise ModelError("SBML", "an XML entity", "SBML without", "write out what it stands for")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.EntityDeclHandler = declare
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003 - its interface
    except UnicodeEncodeError:  # half a character, which libSBML cannot take
        raise ModelError("SBML", "text that is not Unicode", "UTF-8", "save the file as UTF-8") from None
    except expat.ExpatError as error:
        found = f"no XML: {error}"
        raise ModelError(
            "SBML", found, "a valid SBML model", "check the file with libSBML's validator"
        ) from None


def flatten_document(document: libsbml.SBMLDocument) -> libsbml.SBMLDocument:
    """Return the document with its submodels put in place; itself where it has none.

    Raises
    ------
    ModelError
        Submodels in other files, or that libSBML cannot put in place.
    """
    plugin = document.getPlugin("comp")
    if plugin is None:
        return document
    name = document.getModel().getId()
    if plugin.getNumExternalModelDefinitions():
        raise ModelError(name, "submodels in other files", "all in one file", "flatten the model first")
    _refuse_many(document, plugin)
    flat = document.clone()
    options = libsbml.ConversionProperties()
    options.addOption("flatten comp", True)  # noqa: FBT003 - its interface
    options.addOption("performValidation", False)  # noqa: FBT003
    if flat.convert(options) != libsbml.LIBSBML_OPERATION_SUCCESS or flat.getModel() is None:
        raise ModelError(
            name, "submodels that libSBML cannot put in place", "a flat model", "flatten the model first"
        )
    again = libsbml.readSBMLFromString(libsbml.writeSBMLToString(flat))
    if again.getModel() is None or again.getNumErrors(libsbml.LIBSBML_SEV_ERROR):
        raise ModelError(name, "submodels that make no valid model", "a flat model", "flatten it first")
    return again


def _refuse_many(document: libsbml.SBMLDocument, plugin: libsbml.SBasePlugin) -> None:
    """Refuse submodels that hold submodels that hold …: few lines can make millions of them, or no end."""
    definitions = [plugin.getModelDefinition(i) for i in range(plugin.getNumModelDefinitions())]
    uses = {model.getId(): _list_submodels(model) for model in (*definitions, document.getModel())}
    name = document.getModel().getId()
    trees = {key: Call("plus", tuple(Name(part) for part in parts)) for key, parts in uses.items()}
    counts: dict[str, int] = {}
    for key in order_definitions(trees, [name], name):
        counts[key] = 1 + sum(counts.get(part, 1) for part in uses[key])
    if counts[name] > MAX_SUBMODELS:
        found = f"{counts[name]} submodels" if counts[name] < 10**9 else "submodels without number"
        raise ModelError(name, found, f"at most {MAX_SUBMODELS}", "flatten the model first")


def _list_submodels(model: libsbml.Model) -> list[str]:
    plugin = model.getPlugin("comp")
    return [plugin.getSubmodel(i).getModelRef() for i in range(plugin.getNumSubmodels())] if plugin else []


def refuse_unsupported(document: libsbml.SBMLDocument) -> None:
    """Refuse what mscape does not support, everything at once.

    Raises
    ------
    ModelError
        Naming each.
    """
    model = document.getModel()
    rules = [model.getRule(i) for i in range(model.getNumRules())]
    reactions = [model.getReaction(i) for i in range(model.getNumReactions())]
    counts = {
        "algebraic rules": sum(rule.isAlgebraic() and rule.isSetMath() for rule in rules),
        "constraints": model.getNumConstraints(),
        "fast reactions": sum(reaction.getFast() for reaction in reactions),
    }
    found = [f"{count} {name}" for name, count in counts.items() if count]
    found += [f"package {name}" for name in _list_packages(document)]
    if found:
        raise _refuse(model.getId(), found)


def _refuse(where: str, found: list[str]) -> ModelError:
    advice = "rewrite the model; doses and washes are protocol periods"
    return ModelError(where, ", ".join(found), "a model without them", advice)


def _list_packages(document: libsbml.SBMLDocument) -> list[str]:
    """Return the packages of SBML that a model cannot be understood without."""
    if document.getLevel() < 3:
        return []
    plugins = [document.getPlugin(i) for i in range(document.getNumPlugins())]
    names = [p.getPackageName() for p in plugins if document.getPackageRequired(p.getPackageName())]
    balance = document.getModel().getPlugin("fbc")
    if balance is not None and balance.getNumObjectives():
        names.append("fbc (flux balance)")
    return [name for name in dict.fromkeys(names) if name not in _UNDERSTOOD]
