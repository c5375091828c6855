"""What is done to IR, on both libLLVMs. Each test runs in a process of its own: a crash in libLLVM is a failed test."""
