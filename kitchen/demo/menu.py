"""What the demo kitchen serves: dishes at every station, with choices and allergens."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Option = dict[str, Any]


@dataclass(frozen=True)
class Dish:
    """One entry of the menu, with the code of the station that makes it."""

    station: str
    category: str
    name: str
    price: str
    options: tuple[Option, ...] = ()
    allergens: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """The price as the database keeps it."""
        return Decimal(self.price)


def one(name: str, *choices: str) -> Option:
    """A choice of at most one."""
    return {"name": name, "choices": list(choices), "max": 1}


def some(name: str, *choices: str) -> Option:
    """A choice of as many as one likes."""
    return {"name": name, "choices": list(choices), "max": len(choices)}


DONENESS = one("Doneness", "Rare", "Medium rare", "Medium", "Medium well", "Well done")
SIDE = one("Side", "Fries", "Mashed potatoes", "Green salad", "Grilled vegetables")
BURGER_EXTRAS = some("Extras", "Bacon", "Fried egg", "Extra cheese", "No onion", "No pickles")
DIPS = some("Dips", "Ketchup", "Mayonnaise", "Aioli", "BBQ sauce")
DRESSING = one("Dressing", "Vinaigrette", "Caesar", "On the side", "None")
MILK = one("Milk", "Whole", "Oat", "Soy", "Lactose-free")
ICE = one("Ice", "With ice", "No ice", "Lemon, no ice")
SCOOP = one("With", "Vanilla ice cream", "Whipped cream", "Plain")
WARM = one("Served", "Warm", "Cold")

MENU = (
    Dish("grill", "From the grill", "Ribeye steak", "32.00", (DONENESS, SIDE), ("milk",)),
    Dish("grill", "From the grill", "Sirloin steak", "27.50", (DONENESS, SIDE), ("milk",)),
    Dish(
        "grill", "From the grill", "House burger", "16.50",
        (DONENESS, BURGER_EXTRAS, SIDE), ("gluten", "egg", "milk", "sesame"),
    ),
    Dish(
        "grill", "From the grill", "Veggie burger", "15.00",
        (BURGER_EXTRAS, SIDE), ("gluten", "soy", "sesame"),
    ),
    Dish("grill", "From the grill", "Grilled salmon", "24.00", (SIDE,), ("fish", "milk")),
    Dish("grill", "From the grill", "Half roast chicken", "19.00", (SIDE,), ("celery",)),
    Dish("grill", "From the grill", "Lamb chops with rosemary", "29.00", (DONENESS, SIDE)),
    Dish(
        "fry", "Fried", "French fries", "5.50",
        (one("Size", "Small", "Large"), DIPS), ("gluten",),
    ),
    Dish("fry", "Fried", "Sweet potato fries", "6.50", (DIPS,), ("gluten",)),
    Dish("fry", "Fried", "Onion rings", "6.50", (DIPS,), ("gluten", "milk")),
    Dish(
        "fry", "Fried", "Chicken wings", "12.00",
        (one("Pieces", "6", "12", "18"), one("Sauce", "Buffalo", "BBQ", "Honey mustard")),
        ("gluten", "celery", "mustard"),
    ),
    Dish("fry", "Fried", "Calamari with aioli", "13.50", (), ("gluten", "egg", "molluscs")),
    Dish("fry", "Fried", "Fish and chips", "17.00", (DIPS,), ("gluten", "fish", "egg")),
    Dish(
        "cold", "Cold kitchen", "Caesar salad", "13.00",
        (some("Extras", "Chicken", "Prawns", "No croutons"), DRESSING),
        ("gluten", "egg", "fish", "milk"),
    ),
    Dish("cold", "Cold kitchen", "Greek salad", "12.00", (DRESSING,), ("milk", "sulphites")),
    Dish("cold", "Cold kitchen", "Beef tartare", "18.50", (), ("egg", "mustard", "gluten")),
    Dish("cold", "Cold kitchen", "Tuna tataki", "19.00", (), ("fish", "soy", "sesame")),
    Dish("cold", "Cold kitchen", "Burrata with tomatoes", "14.50", (), ("milk", "nuts")),
    Dish("cold", "Cold kitchen", "Gazpacho", "8.50", (), ("celery", "sulphites")),
    Dish("dessert", "Desserts", "Crème brûlée", "8.50", (), ("egg", "milk")),
    Dish("dessert", "Desserts", "Chocolate fondant", "9.50", (SCOOP,), ("gluten", "egg", "milk")),
    Dish(
        "dessert", "Desserts", "New York cheesecake", "8.50", (SCOOP,), ("gluten", "egg", "milk")
    ),
    Dish(
        "dessert", "Desserts", "Ice cream", "6.50",
        (some("Flavours", "Vanilla", "Chocolate", "Strawberry", "Pistachio"),), ("milk", "nuts"),
    ),
    Dish(
        "bakery", "Bakery", "Bread basket", "4.50",
        (some("Without", "No butter", "No seeds"),), ("gluten", "milk", "sesame"),
    ),
    Dish("bakery", "Bakery", "Garlic flatbread", "6.50", (), ("gluten", "milk")),
    Dish("bakery", "Bakery", "Butter croissant", "3.80", (WARM,), ("gluten", "milk", "egg")),
    Dish("bakery", "Bakery", "Apple strudel", "7.50", (WARM, SCOOP), ("gluten", "nuts", "milk")),
    Dish("bar", "Drinks", "Espresso", "2.80", (one("Size", "Single", "Double"),)),
    Dish("bar", "Drinks", "Cappuccino", "3.90", (MILK,), ("milk",)),
    Dish("bar", "Drinks", "Mineral water", "3.50", (one("Kind", "Still", "Sparkling"),)),
    Dish("bar", "Drinks", "Home-made lemonade", "4.80", (ICE,)),
    Dish(
        "bar", "Drinks", "Draught beer", "5.20",
        (one("Size", "0.3 l", "0.5 l"),), ("gluten",),
    ),
    Dish(
        "bar", "Drinks", "Glass of wine", "7.00",
        (one("Colour", "White", "Rosé", "Red"),), ("sulphites",),
    ),
    Dish("bar", "Drinks", "Gin and tonic", "9.50", (ICE,)),
)  # fmt: skip
