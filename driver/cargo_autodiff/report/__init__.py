"""What people see of a build beside cargo's own lines."""
