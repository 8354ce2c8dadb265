"""The access matrix as data: one row for every address there is. `tests/house/test_addresses.py` misses none.

A new page is a new row in the file of its door. Nothing else is needed: the tests in tests/doors walk the rows.
"""

import importlib
import pkgutil


def named() -> list[str]:
    """The address of every row, of every file here; a name stands twice where two rows claim it."""
    doors = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return [name for door in doors for table in ("ROWS", "PAGES", "DOOR") for name in getattr(door, table, ())]
