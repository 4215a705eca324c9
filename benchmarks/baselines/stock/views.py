import json
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt

from benchmarks.baselines.stock.boards import newest_orders
from benchmarks.baselines.stock.consumers import GROUP
from benchmarks.baselines.stock.models import Order, OrderItem


@csrf_exempt
def orders(request: HttpRequest) -> JsonResponse:
    if request.method == "GET":
        return JsonResponse({"orders": newest_orders()})
    data = json.loads(request.body)
    order = Order.objects.create(number=data["number"], table=data["table"], server=data["server"])
    for item in data["items"]:
        OrderItem.objects.create(order=order, **item)
    broadcast({"action": "new_order", "order_id": order.id, "status": order.status})
    return JsonResponse({"id": order.id, "status": order.status}, status=201)


@csrf_exempt
def order_status(request: HttpRequest, order_id: int) -> JsonResponse:
    order = get_object_or_404(Order, id=order_id)
    order.status = json.loads(request.body)["status"]
    order.save()
    broadcast({"action": "status_changed", "order_id": order.id, "status": order.status})
    return JsonResponse({"success": True, "order_id": order.id, "new_status": order.status})


def broadcast(change: dict[str, Any]) -> None:
    layer = get_channel_layer()
    async_to_sync(layer.group_send)(GROUP, {"type": "order.changed", "change": change})
