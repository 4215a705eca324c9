from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from benchmarks.baselines.stock.boards import newest_orders

GROUP = "kitchen"


class KitchenConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        await self.send_orders(None)

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def order_changed(self, event: dict[str, Any]) -> None:
        await self.send_orders(event["change"])

    async def send_orders(self, change: dict[str, Any] | None) -> None:
        orders = await database_sync_to_async(newest_orders)()
        await self.send_json({"type": "orders_update", "change": change, "orders": orders})
