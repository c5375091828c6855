"""Rules that hold for the IR of any language, one file each."""
