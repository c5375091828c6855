"""cargo autodiff: Enzyme's derivatives for unchanged functions on stable Rust."""

__version__ = "0.1.0"
