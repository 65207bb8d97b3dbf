"""The vote's pure parts: no row, no request, no clock. What is published can be computed again from here, and from voting/verifier.py alone."""
