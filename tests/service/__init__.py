"""Tests of the Flask service, with real mail servers, PostgREST and PostgreSQL."""
