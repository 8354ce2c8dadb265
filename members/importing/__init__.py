"""People from files: members, their opening facts and their consents, by COPY and set-based SQL."""
