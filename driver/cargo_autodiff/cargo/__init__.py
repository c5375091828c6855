"""What cargo and rustc say to us: invocations, archives, the link, and which packages matter."""
