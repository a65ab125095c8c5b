"""From equations to machine code: typed LLVM IR for trajectories side by side, compiled and kept on disk."""
