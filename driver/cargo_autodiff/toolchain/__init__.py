"""Which tools, which LLVM: profiles, finding and installing them, and the only place that starts a process."""
