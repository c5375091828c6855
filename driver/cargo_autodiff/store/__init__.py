"""What is remembered: results by the content they were made from, on this machine and, where asked, on a shared one."""
