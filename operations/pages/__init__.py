"""The pages for people, one module a noun. Boards have their own: operations/board_pages.py."""
