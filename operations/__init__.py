"""What people and programs touch: pages, API, sockets, access."""
