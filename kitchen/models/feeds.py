"""What keeps screens right: revisions of feeds, the outbox, and keys of requests done once."""

from django.db import models

from .orders import Order


class Feed(models.Model):
    """The revision of one thing that screens watch, such as `station:hq:grill`.

    A counter under its row's lock commits in order; an autoincrement id would not.
    """

    key = models.CharField(max_length=100, primary_key=True)
    revision = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.revision}"


class Outbox(models.Model):
    """A change that the relay still has to tell; written with the change, deleted once told."""

    feed = models.CharField(max_length=100)
    rev = models.BigIntegerField()
    frame = models.JSONField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.feed} {self.rev}"


class RequestKey(models.Model):
    """An idempotency key: the request it stood for and what was answered."""

    owner = models.CharField(max_length=120)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    order = models.ForeignKey(Order, models.PROTECT, null=True)
    reply = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="request_key_once")]
        # Old keys are swept by their age.
        indexes = [models.Index(fields=["created_at"], name="request_key_age")]

    def __str__(self) -> str:
        return self.key
