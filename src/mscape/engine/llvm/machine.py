"""From LLVM IR to functions in memory, for the processor it runs on."""

from __future__ import annotations

from dataclasses import dataclass

import llvmlite.binding as llvm

from mscape.engine.llvm.shape import Shape


@dataclass(frozen=True)
class Target:
    """A processor: its name, its features as LLVM lists them, and how many doubles it takes at once.

    ``fused`` says that it multiplies and adds with one rounding.
    """

    cpu: str
    features: str
    lanes: int
    fused: bool = False

    @property
    def shape(self) -> Shape:
        """The shape of kernels for it."""
        return Shape(self.lanes, self.fused)


def find_target() -> Target:
    """Return the processor this runs on."""
    try:
        features = llvm.get_host_cpu_features()
    except RuntimeError:  # unknown to LLVM here: what every processor of this kind has
        return Target("", "", 2)
    if features.get("avx512f") and features.get("avx512dq"):
        lanes = 8
    elif features.get("avx2"):
        lanes = 4
    else:
        lanes = 2
    fused = bool(features.get("fma")) or llvm.get_process_triple().startswith(("aarch64", "arm64"))
    return Target(llvm.get_host_cpu_name(), features.flatten(), lanes, fused)


class Machine:
    """A target machine that compiles; made once, used for any number of units."""

    def __init__(self, target: Target) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.target = target
        self._triple = llvm.get_process_triple()

    def _open(self, level: int) -> llvm.TargetMachine:
        return llvm.Target.from_triple(self._triple).create_target_machine(
            cpu=self.target.cpu, features=self.target.features, opt=level, reloc="pic", codemodel="jitdefault"
        )

    def compile(self, text: str, level: int) -> bytes:
        """Return the object code of LLVM IR."""
        machine = self._open(level)
        module = llvm.parse_assembly(text)
        module.triple = self._triple
        module.data_layout = str(machine.target_data)
        options = llvm.create_pipeline_tuning_options(speed_level=min(level, 2))
        options.loop_vectorization = False
        options.slp_vectorization = False
        builder = llvm.create_pass_builder(machine, options)
        passes = llvm.create_new_module_pass_manager()
        passes.add_always_inliner_pass()
        passes.run(module, builder)
        return bytes(machine.emit_object(module))

    def load(self, object_code: bytes) -> Loaded:
        """Load object code."""
        machine = self._open(1)
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        engine.add_object_file(llvm.ObjectFileRef.from_data(object_code))
        engine.finalize_object()
        return Loaded(engine)


class Loaded:
    """Object code in memory; lives as long as this does."""

    def __init__(self, engine: llvm.ExecutionEngine) -> None:
        self._engine = engine

    def address(self, name: str) -> int:
        """Return where a public function begins."""
        return int(self._engine.get_function_address(name))
