"""What our engine compiles for; and how to make it believe in a lesser processor than this one."""

from __future__ import annotations

from benchmarks.engine.peers.worker import Job

_CPU = {"avx2": ("haswell", 4, True), "sse": ("x86-64-v2", 2, False)}


def set_target(job: Job) -> str:
    """Compile for the instructions that the job's options name, if any; return version and target."""
    from mscape.engine import compiled
    from mscape.engine.llvm.machine import Target, find_target
    from mscape.store import VERSION

    target = find_target()
    if wanted := job.options.get("instructions"):
        cpu, lanes, fused = _CPU[wanted]
        target = Target(cpu, "", lanes, fused)
        vars(compiled)["find_target"] = lambda: target
    return f"{VERSION} for {target.cpu}, {target.lanes} lanes"
