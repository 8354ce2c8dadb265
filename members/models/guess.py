from django.db import models


class Guess(models.Model):
    """Somebody tried a secret (a password, a code). Counted here and not in a cache: a restart forgives nothing.

    `key` is a hash of what was guessed at (`members.guessing`), so that a password typed as a name is not kept.
    """

    key = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # how many tries a key has left
            models.Index(fields=["key", "at"], name="guesses_at_a_key"),
            # forgetting the old ones
            models.Index(fields=["at"], name="guess_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M}"
