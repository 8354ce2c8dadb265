"""Files that people bring: upload, what its columns mean, a check, then the import itself as a job.

The rules are those of `manage.py import_*` (`loyalty.importing`, `members.importing`); here a file of any till or
spreadsheet is put into the shape they read, part by part, so that no piece of the job is long.
"""
