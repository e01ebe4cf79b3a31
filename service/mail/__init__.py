"""Sending mails: the queue in the database, the worker, the messages and the mail server."""
