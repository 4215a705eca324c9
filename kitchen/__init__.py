"""The kitchen: orders, tickets, boards and paper; knows no HTTP, no WebSocket, no HTML."""
