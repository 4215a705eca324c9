"""The house: locations, brands, stations and what is on the menu."""

from django.core.validators import RegexValidator
from django.db import models

# Codes stand in URLs, feed keys (`station:hq:grill`) and channel group names.
code_validator = RegexValidator(
    r"^[a-z0-9][a-z0-9_-]{0,31}\Z",
    "Use 1 to 32 of a-z, 0-9, - and _, beginning with a-z or 0-9.",
)


class Location(models.Model):
    """One restaurant."""

    code = models.CharField(max_length=32, unique=True, validators=[code_validator])
    name = models.CharField(max_length=100)
    timezone = models.CharField(max_length=64, default="UTC")
    # The order number's counter, begun again each business day.
    order_counter = models.PositiveIntegerField(default=0)
    counter_day = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """A menu under its own name in a location."""

    location = models.ForeignKey(Location, models.PROTECT)
    code = models.CharField(max_length=32, validators=[code_validator])
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "code"], name="brand_code")]

    def __str__(self) -> str:
        return self.name


class Station(models.Model):
    """Where items are made; the expo sees whole orders and is no station of this table."""

    location = models.ForeignKey(Location, models.PROTECT)
    code = models.CharField(max_length=32, validators=[code_validator])
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    has_screen = models.BooleanField(default=True)
    warn_seconds = models.PositiveIntegerField(default=300)
    late_seconds = models.PositiveIntegerField(default=480)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "code"], name="station_code")]
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class MenuItem(models.Model):
    """Something a guest can ask for, with the station that makes it."""

    location = models.ForeignKey(Location, models.PROTECT)
    brand = models.ForeignKey(Brand, models.PROTECT)
    station = models.ForeignKey(Station, models.PROTECT)
    category = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    # [{"name": "Doneness", "choices": ["Rare", "Medium"], "max": 1}]
    options = models.JSONField(default=list, blank=True)
    allergens = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    sold_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "name"], name="menu_item_name"),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name
