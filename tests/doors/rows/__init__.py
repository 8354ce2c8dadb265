"""The access matrix as data: one row for every address there is. `tests/house/test_addresses.py` misses none.

A new page is a new row in the file of its door. Nothing else is needed: the tests in tests/doors walk the rows.
"""
