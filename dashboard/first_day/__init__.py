"""The first day of a shop: from nothing to the first earned point, in small steps that say whether they are done."""
