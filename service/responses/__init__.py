"""Responses of candidates: what the database leaves to be done with their files."""
