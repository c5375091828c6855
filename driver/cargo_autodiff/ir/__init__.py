"""LLVM modules as data: reading, closure, requests, the Enzyme call, and the rules that hold for any language."""
