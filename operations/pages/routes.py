"""The addresses of the pages for people."""

from django.urls import path

from operations.pages.log_page import log_page
from operations.pages.order_page import order_page
from operations.pages.pairing import new_code, pair, revoke, screens_page
from operations.pages.paper_page import chits, paper_page
from operations.pages.printers_page import printers_page
from operations.pages.reports_page import reports_page
from operations.pages.sign_in import password, sign_in, sign_in_by_link, sign_out
from operations.pages.start import start_page

# Of one location; each also under /l/<location>/.
pages = [
    path("operations/stations/", start_page, name="stations"),
    path("operations/order/", order_page, name="order_page"),
    path("operations/printers/", printers_page, name="printers"),
    path("operations/screens/", screens_page, name="screens"),
    path("operations/screens/<int:number>/code/", new_code, name="new_code"),
    path("operations/screens/<int:number>/revoke/", revoke, name="revoke"),
    path("operations/paper/", paper_page, name="paper"),
    path("operations/paper/chits", chits, name="chits"),
    path("operations/log/", log_page, name="log"),
    path("operations/reports/", reports_page, name="reports"),
]

# The door is the same for all locations.
door = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/<str:token>/", sign_in_by_link, name="sign_in_by_link"),
    path("sign-out/", sign_out, name="sign_out"),
    path("password/", password, name="password"),
    path("pair/", pair, name="pair"),
]
