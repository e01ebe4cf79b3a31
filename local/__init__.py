"""A complete Supabase on one machine, without Docker; see `python -m local --help`."""
