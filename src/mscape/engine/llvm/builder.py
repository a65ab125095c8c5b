"""A small typed builder of LLVM IR text: values carry their type, and every instruction checks or derives it.

Nothing but names made here, numbers and these instructions reaches the text, so no user's text can.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from mscape.engine.llvm.shape import BYTE, NUMBER, POINTER, TRUTH, WORD, Shape, Value


def _suffix(kind: str) -> str:
    element = "f64" if NUMBER in kind else "i64"
    return f"v{kind[1 : kind.index(' ')]}{element}" if kind.startswith("<") else element


class Module:
    """Functions and constants of one compilation unit."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._parts: list[str] = []
        self._declared: dict[str, str] = {}
        self._constants = 0
        self.defined: set[str] = set()

    @contextmanager
    def function(
        self, name: str, arguments: Sequence[str], result: str = "void", *, how: str = "internal"
    ) -> Iterator[Code]:
        """Yield the body of a new function to be written; *how* is ``internal``, ``public`` or ``inline``."""
        code = Code(self, tuple(Value(f"%a{i}", kind) for i, kind in enumerate(arguments)))
        yield code
        linkage = "" if how == "public" else "internal "
        inline = "alwaysinline " if how == "inline" else "noinline "
        given = ", ".join(f"{kind}{' noundef' * (kind == POINTER)} %a{i}" for i, kind in enumerate(arguments))
        body = "\n".join(code.lines)
        self._parts.append(f"define {linkage}{result} @{name}({given}) {inline}#0 {{\nstart:\n{body}\n}}")

    def words(self, values: Sequence[int]) -> Value:
        """Return a pointer to a constant table of 64-bit integers."""
        self._constants += 1
        name = f"@table{self._constants}"
        listed = ", ".join(f"{WORD} {value}" for value in values)
        self._parts.append(f"{name} = internal constant [{len(values)} x {WORD}] [{listed}], align 64")
        return Value(name, POINTER)

    def declare(self, name: str, result: str, arguments: Sequence[str]) -> None:
        """Remember that an intrinsic is used."""
        self._declared[name] = f"declare {result} @{name}({', '.join(arguments)})"

    def text(self) -> str:
        """Return the whole unit as LLVM IR."""
        bits = 64 * self.shape.lanes
        # aligned stacks: a spilled value must not lie across two cache lines
        attributes = f'"prefer-vector-width"="{bits}" "min-legal-vector-width"="{bits}" "stackrealign"'
        group = f"attributes #0 = {{ nounwind {attributes} }}"
        return "\n".join([*self._parts, *self._declared.values(), group, ""])


class Code:
    """The body of a function while it is written: a method appends an instruction, returns its value."""

    def __init__(self, module: Module, arguments: tuple[Value, ...]) -> None:
        self.module = module
        self.shape = module.shape
        self.arguments = arguments
        self.lines: list[str] = []
        self.inlines = True
        self._products: dict[str, tuple[Value, Value]] = {}
        self._count = 0
        self._label = "start"

    # values ------------------------------------------------------------------------------------------------

    def emit(self, kind: str, text: str) -> Value:
        """Append an instruction that yields a value of a type."""
        self._count += 1
        name = f"%v{self._count}"
        self.lines.append(f"{name} = {text}")
        return Value(name, kind)

    def real(self, number: float) -> Value:
        """Return a double, the same in all lanes."""
        bits = struct.unpack("<Q", struct.pack("<d", number))[0]
        return self._constant(NUMBER, f"0x{bits:016X}", self.shape.real)

    def number(self, number: float) -> Value:
        """Return a single double."""
        bits = struct.unpack("<Q", struct.pack("<d", number))[0]
        return Value(f"0x{bits:016X}", NUMBER)

    def integer(self, number: int) -> Value:
        """Return a 64-bit integer, the same in all lanes."""
        return self._constant(WORD, str(number), self.shape.integer)

    def word(self, number: int) -> Value:
        """Return a single 64-bit integer."""
        return Value(str(number), WORD)

    def truth(self, number: int) -> Value:
        """Return true or false in all lanes."""
        return self._constant(TRUTH, "true" if number else "false", self.shape.mask)

    def _constant(self, element: str, text: str, kind: str) -> Value:
        return Value(text if self.shape.lanes == 1 else f"splat ({element} {text})", kind)

    # arithmetic --------------------------------------------------------------------------------------------

    def binary(self, operation: str, a: Value, b: Value) -> Value:
        """Append an instruction on two values of one type, such as ``fadd`` or ``and``."""
        if a.type != b.type:
            raise TypeError(f"{operation} of {a.type} and {b.type}")
        return self.emit(a.type, f"{operation} {a.type} {a.name}, {b.name}")

    def add(self, a: Value, b: Value) -> Value:
        """a + b; if one is a product, in one rounding where the processor can."""
        if b.name in self._products:
            return self.fma(*self._products[b.name], a)
        if a.name in self._products:
            return self.fma(*self._products[a.name], b)
        return self.binary("fadd", a, b)

    def sub(self, a: Value, b: Value) -> Value:
        """a − b; if one is a product, in one rounding where the processor can."""
        if b.name in self._products:
            first, second = self._products[b.name]
            return self.fma(self.neg(first), second, a)
        if a.name in self._products:
            return self.fma(*self._products[a.name], self.neg(b))
        return self.binary("fsub", a, b)

    def mul(self, a: Value, b: Value) -> Value:
        """a · b, which is fused with a sum."""
        product = self.binary("fmul", a, b)
        if self.shape.fused:
            self._products[product.name] = a, b
        return product

    def mul_exactly(self, a: Value, b: Value) -> Value:
        """a · b, rounded on its own."""
        return self.binary("fmul", a, b)

    def div(self, a: Value, b: Value) -> Value:
        """a / b."""
        return self.binary("fdiv", a, b)

    def neg(self, a: Value) -> Value:
        """−a."""
        return self.emit(a.type, f"fneg {a.type} {a.name}")

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """a · b + c, rounded once where the processor can."""
        return self.intrinsic("fma" if self.shape.fused else "fmuladd", a, b, c)

    def intrinsic(self, name: str, *arguments: Value) -> Value:
        """Append a call of an LLVM intrinsic whose result has the type of its arguments."""
        kind = arguments[0].type
        full = f"llvm.{name}.{_suffix(kind)}"
        self.module.declare(full, kind, [a.type for a in arguments])
        return self.call(full, *arguments, result=kind)

    def compare(self, relation: str, a: Value, b: Value) -> Value:
        """Append a comparison: ordered ``olt ole oeq``…, unordered ``uno``…, or of integers ``slt eq``…."""
        if a.type != b.type:
            raise TypeError(f"{relation} of {a.type} and {b.type}")
        operation = "fcmp" if NUMBER in a.type else "icmp"
        kind = TRUTH if not a.type.startswith("<") else f"{a.type[: a.type.index('x')]}x {TRUTH}>"
        return self.emit(kind, f"{operation} {relation} {a.type} {a.name}, {b.name}")

    def select(self, condition: Value, yes: Value, no: Value) -> Value:
        """Append a choice between two values of one type."""
        if yes.type != no.type:
            raise TypeError(f"select of {yes.type} and {no.type}")
        arms = f"{yes.type} {yes.name}, {no.type} {no.name}"
        return self.emit(yes.type, f"select {condition.type} {condition.name}, {arms}")

    def smaller(self, a: Value, b: Value) -> Value:
        """The smaller of two; b if either is NaN."""
        return self.select(self.compare("olt", a, b), a, b)

    def larger(self, a: Value, b: Value) -> Value:
        """The larger of two; b if either is NaN."""
        return self.select(self.compare("ogt", a, b), a, b)

    def cast(self, operation: str, a: Value, kind: str) -> Value:
        """Append a conversion, such as ``bitcast`` or ``zext``."""
        return self.emit(kind, f"{operation} {a.type} {a.name} to {kind}")

    def bits(self, mask: Value) -> Value:
        """Return a word with one bit a lane."""
        lanes = self.shape.lanes
        if lanes > 1:
            mask = self.cast("bitcast", mask, f"i{lanes}")
        return self.cast("zext", mask, WORD)

    def mask(self, bits: Value) -> Value:
        """Return a truth value a lane from a word with one bit a lane."""
        lanes = self.shape.lanes
        narrow = self.cast("trunc", bits, f"i{lanes}")
        return narrow if lanes == 1 else self.cast("bitcast", narrow, self.shape.mask)

    def spread(self, number: Value) -> Value:
        """Return a single double in all lanes."""
        if self.shape.lanes == 1:
            return number
        kind = self.shape.real
        one = self.emit(kind, f"insertelement {kind} poison, {NUMBER} {number.name}, {WORD} 0")
        zeros = f"<{self.shape.lanes} x i32> zeroinitializer"
        return self.emit(kind, f"shufflevector {kind} {one.name}, {kind} poison, {zeros}")

    def call(self, name: str, *arguments: Value, result: str = "void") -> Value:
        """Append a call, which is not inlined where `inlines` is not set."""
        given = ", ".join(f"{a.type} {a.name}" for a in arguments)
        line = f"call {result} @{name}({given}){'' if self.inlines else ' noinline'}"
        if result != "void":
            return self.emit(result, line)
        self.lines.append(line)
        return Value("", "void")

    # memory ------------------------------------------------------------------------------------------------

    def at(self, base: Value, index: Value | int, stride: int = 8) -> Value:
        """Return the address *index* steps of *stride* bytes after a base."""
        if isinstance(index, int):
            return self.emit(POINTER, f"getelementptr inbounds i8, ptr {base.name}, {WORD} {index * stride}")
        step = f"[{stride} x i8]"
        return self.emit(POINTER, f"getelementptr inbounds {step}, ptr {base.name}, {WORD} {index.name}")

    def load(self, kind: str, address: Value) -> Value:
        """Append a load."""
        return self.emit(kind, f"load {kind}, ptr {address.name}, align {self._align(kind)}")

    def store(self, value: Value, address: Value) -> None:
        """Append a store."""
        self.lines.append(
            f"store {value.type} {value.name}, ptr {address.name}, align {self._align(value.type)}"
        )

    def _align(self, kind: str) -> int:
        if kind.startswith("<"):
            return self.shape.bytes
        return 1 if kind == BYTE else 8

    def reserve(self, count: int, *, aligned: bool = False) -> Value:
        """Return the address of some words of the function's own; to be called at its start."""
        return self.emit(POINTER, f"alloca [{count} x {WORD}], align {64 if aligned else 8}")

    # control -----------------------------------------------------------------------------------------------

    def label(self) -> str:
        """Return a new label."""
        self._count += 1
        return f"l{self._count}"

    def place(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self._label = label

    def jump(self, label: str) -> None:
        """End a block by going elsewhere."""
        self.lines.append(f"br label %{label}")

    def branch(self, condition: Value, yes: str, no: str) -> None:
        """End a block by going one way or the other."""
        self.lines.append(f"br i1 {condition.name}, label %{yes}, label %{no}")

    def finish(self, value: Value | None = None) -> None:
        """Return from the function."""
        self.lines.append("ret void" if value is None else f"ret {value.type} {value.name}")

    @contextmanager
    def when(self, condition: Value) -> Iterator[None]:
        """Write what happens only if a single truth value holds."""
        inside, after = self.label(), self.label()
        self.branch(condition, inside, after)
        self.place(inside)
        yield
        self.jump(after)
        self.place(after)

    def choose(self, condition: Value, write: Callable[[], Value], otherwise: Value) -> Value:
        """Write what gives a value only if a single truth value holds, and return it or another."""
        before, inside, after = self._label, self.label(), self.label()
        self.branch(condition, inside, after)
        self.place(inside)
        result = write()
        last = self._label
        self.jump(after)
        self.place(after)
        return self.emit(
            result.type, f"phi {result.type} [{otherwise.name}, %{before}], [{result.name}, %{last}]"
        )

    @contextmanager
    def loop(self, count: Value | int) -> Iterator[Value]:
        """Write what happens for each index below a count, which is at least 1."""
        bound = self.word(count) if isinstance(count, int) else count
        with self._repeat(self.word(0)) as (index, steps):
            yield index
            following = self.binary("add", index, self.word(1))
            steps(following, self.compare("ult", following, bound))

    def fold(self, count: int, start: Value, body: Callable[[Value, Value], Value]) -> Value:
        """Append a loop below a count that carries one value along, and return what it ends with."""
        before, inside, after = self._label, self.label(), self.label()
        self.jump(inside)
        self.place(inside)
        index, carried = self.label(), self.label()
        position = len(self.lines)
        self.lines += ["", ""]
        result = body(Value(f"%{index}", WORD), Value(f"%{carried}", start.type))
        following = self.binary("add", Value(f"%{index}", WORD), self.word(1))
        self.branch(self.compare("ult", following, self.word(count)), inside, after)
        self.lines[position] = f"%{index} = phi {WORD} [0, %{before}], [{following.name}, %{self._label}]"
        arms = f"[{start.name}, %{before}], [{result.name}, %{self._label}]"
        self.lines[position + 1] = f"%{carried} = phi {start.type} {arms}"
        self.place(after)
        return result

    @contextmanager
    def each(self, bits: Value) -> Iterator[Value]:
        """Write what happens for each lane whose bit is set in a word."""
        inside, after = self.label(), self.label()
        self.branch(self.compare("ne", bits, self.word(0)), inside, after)
        self.place(inside)
        with self._repeat(bits) as (left, steps):
            self.module.declare("llvm.cttz.i64", WORD, [WORD, TRUTH])
            yield self.call("llvm.cttz.i64", left, Value("true", TRUTH), result=WORD)
            rest = self.binary("and", left, self.binary("sub", left, self.word(1)))
            steps(rest, self.compare("ne", rest, self.word(0)))
        self.jump(after)
        self.place(after)

    @contextmanager
    def forever(self) -> Iterator[str]:
        """Write a loop that ends only by a branch to the label given."""
        inside, after = self.label(), self.label()
        self.jump(inside)
        self.place(inside)
        yield after
        self.jump(inside)
        self.place(after)

    @contextmanager
    def _repeat(self, start: Value) -> Iterator[tuple[Value, Steps]]:
        before, inside, after = self._label, self.label(), self.label()
        self.jump(inside)
        self.place(inside)
        self._count += 1
        current = Value(f"%v{self._count}", start.type)
        position = len(self.lines)
        self.lines.append("")
        steps = Steps()
        yield current, steps
        self.branch(steps.again, inside, after)
        arms = f"[{start.name}, %{before}], [{steps.following.name}, %{self._label}]"
        self.lines[position] = f"{current.name} = phi {start.type} {arms}"
        self.place(after)


class Steps:
    """What a loop carries on with, and whether it does."""

    following: Value
    again: Value

    def __call__(self, following: Value, again: Value) -> None:
        self.following, self.again = following, again
