"""Analysing recordings: technical checks, and transcripts. Nothing here rates a person.

The worker holds the keys and the leases; each recording is read by a child process of its own.
"""
