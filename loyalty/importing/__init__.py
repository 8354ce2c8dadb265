"""History from files: bills by COPY and set-based posting, under the same rules as the API."""
