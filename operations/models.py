"""Who may touch the kitchen: staff and their roles, paired screens, POS tokens.

Secrets are kept as SHA-256 digests only: they are long and random, so no slow hash is needed.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kitchen.models import Location

ROLES = ["cook", "expo", "manager"]
SCREEN_KINDS = ["station", "expo", "status", "guests"]


class Membership(models.Model):
    """A person's role in a location."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    location = models.ForeignKey(Location, models.CASCADE)
    role = models.CharField(max_length=10, choices=[(role, role) for role in ROLES])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "location"], name="one_role_per_location"),
            models.CheckConstraint(condition=Q(role__in=ROLES), name="known_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"


class PosToken(models.Model):
    """A bearer token of a POS or another program, good for one location."""

    location = models.ForeignKey(Location, models.CASCADE)
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location", "name"],
                condition=Q(revoked_at=None),
                name="token_name_in_use",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Screen(models.Model):
    """A device that shows one feed; waits for pairing until `digest` is set."""

    location = models.ForeignKey(Location, models.CASCADE)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=32, blank=True)
    pair_digest = models.CharField(max_length=64, blank=True)
    pair_until = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    paired_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SCREEN_KINDS), name="screen_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A link that signs a person in once, within 15 minutes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} until {self.until:%H:%M}"
