from django.urls import path

from benchmarks.baselines.stock.views import order_status, orders

urlpatterns = [
    path("api/orders/", orders),
    path("api/orders/<int:order_id>/status/", order_status),
]
