"""PostgreSQL 18 and Valkey out of Python wheels, started as child processes of whoever needs them.

For `make run`, the tests and the benchmarks; production brings its own servers (docker-compose.yml). Both listen on
Unix sockets only, in a folder closed to everyone else: no port to clash with, no password to keep. Nothing in here
imports Django.
"""
