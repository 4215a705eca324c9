from django.db import models


class Order(models.Model):
    number = models.CharField(max_length=20)
    table = models.CharField(max_length=40, blank=True)
    server = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=10, default="pending", db_index=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.number


class OrderItem(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    station = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField(default=1)
    modifiers = models.JSONField(default=list)
    notes = models.CharField(max_length=500, blank=True)
    allergens = models.JSONField(default=list)
    printed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
