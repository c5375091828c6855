"""Programs for tests that run what a rule made of them."""
