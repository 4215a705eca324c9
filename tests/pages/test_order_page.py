"""The order page shows the menu; placing is the API's."""

import json
import re

import pytest
from django.utils import timezone

from kitchen.demo.menu import MENU
from kitchen.models import Brand, MenuItem, Station

pytestmark = pytest.mark.django_db
PAGE = "/operations/order/"


def menu(client, page=PAGE):
    return client.get(page).context["menu"]


def dishes(client, page=PAGE):
    return {dish["name"]: dish for group in menu(client, page) for dish in group["items"]}


def test_the_menu_stands_by_category_in_the_houses_order(browser):
    found = menu(browser("expo"))

    assert [group["category"] for group in found] == list(
        dict.fromkeys(dish.category for dish in MENU)
    )
    assert sum(len(group["items"]) for group in found) == len(MENU)


def test_a_category_stands_once_even_if_its_dishes_do_not_stand_together(browser, hq):
    MenuItem.objects.filter(name="Gin and tonic").update(position=1)

    categories = [group["category"] for group in menu(browser("expo"))]

    assert len(categories) == len(set(categories))


def test_a_dish_knows_its_station_price_choices_and_allergens(browser):
    burger = dishes(browser("expo"))["House burger"]

    assert (burger["station_code"], burger["price"]) == ("grill", "16.50")
    assert burger["options"][0] == {
        "name": "Doneness",
        "choices": ["Rare", "Medium rare", "Medium", "Medium well", "Well done"],
        "max": 1,
    }
    assert "sesame" in burger["allergens"]


def test_what_is_sold_out_cannot_be_tapped(browser):
    MenuItem.objects.filter(name="Ribeye steak").update(sold_out_at=timezone.now())

    answer = browser("expo").get(PAGE).content.decode()

    button = re.search(r'<button[^>]*data-dish[^>]*>\s*<span class="dish-name">Ribeye', answer)[0]
    assert "disabled" in button


def test_each_brand_has_its_own_menu(browser, hq):
    brand = Brand.objects.create(location=hq, code="ghost", name="Ghost wings")
    MenuItem.objects.create(
        location=hq, brand=brand, station=Station.objects.get(code="fry"), name="Ghost wing"
    )
    client = browser("expo")

    assert list(dishes(client, f"{PAGE}?brand=ghost")) == ["Ghost wing"]
    assert "Ghost wing" not in dishes(client)
    assert b"Ghost wings" in client.get(PAGE).content
    assert client.get(f"{PAGE}?brand=nowhere").status_code == 404


def test_a_house_without_a_menu_says_so(browser, annex):
    assert b"no menu yet" in browser("manager", annex).get(PAGE).content


def test_a_dishs_name_cannot_break_out_of_the_page(browser):
    evil = "</script><script>alert(1)</script>"
    MenuItem.objects.filter(name="Espresso").update(name=evil)

    answer = browser("expo").get(PAGE).content.decode()

    assert "<script>alert" not in answer
    data = re.search(r'<script id="menu-data"[^>]*>(.*?)</script>', answer, re.S)[1]
    assert evil in {dish["name"] for group in json.loads(data) for dish in group["items"]}


def test_the_page_costs_the_same_for_a_long_menu(browser, django_assert_max_num_queries):
    client = browser("expo")

    with django_assert_max_num_queries(8):
        client.get(PAGE)
