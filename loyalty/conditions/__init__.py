"""Typed conditions on a bill and its member: one definition, judged in Python at the till and in SQL over a history.

A condition is a tree: {"all": […]}, {"any": […]}, {"not": …}, and leaves {"field": …, <operator>: …}. Fields and
operators are known ones; nothing that staff typed is ever evaluated.
"""
