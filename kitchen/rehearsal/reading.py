"""Reads order data files: its columns tell which of the known kinds a file is."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kitchen.rehearsal.script import LeftOut, Line, Script, Sheet, Unreadable
from kitchen.rehearsal.timing import give_times

CHIPOTLE = ("order_id", "quantity", "item_name", "choice_description", "item_price")
TASTE = ("order_details_id", "order_id", "order_date", "order_time", "item_id")
MENU = ("menu_item_id", "item_name", "category", "price")
MENU_FILE = "menu_items.csv"
NOTHING = ("", "NULL")
TABLES = 24
LONGEST_NAME = 200
LONGEST_ORDER = 200  # lines, as for any POS
MOST = 999

Row = dict[str, str]


def read(path: Path) -> Script:
    """Return what the file says; Unreadable if it is not there or is of no known kind."""
    columns, rows = _table(path)
    if set(CHIPOTLE) <= set(columns):
        return _chipotle(rows)
    if set(TASTE) <= set(columns):
        return _taste(rows, _menu(path.with_name(MENU_FILE)))
    raise Unreadable(
        f"{path} is no order file I know: its first line has to name the columns"
        f" {', '.join(CHIPOTLE)} (between tabs) or {', '.join(TASTE)} (between commas)."
    )


def modifiers(description: str) -> tuple[str, ...]:
    """Return the choices of a nested list, flat and in order: `[Salsa (Hot), [Rice, Cheese]]`."""
    if description in NOTHING:
        return ()
    parts = description.replace("[", ",").replace("]", ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())


def _chipotle(rows: Iterator[Row]) -> Script:
    left_out: list[LeftOut] = []
    sheets: dict[str, Sheet] = {}
    for row in rows:
        number, name, quantity = row["order_id"], row["item_name"], row["quantity"]
        if not number or name in NOTHING:
            left_out.append(LeftOut("line without an order or an item"))
            continue
        sheet = sheets.setdefault(number, Sheet(number, order_type="delivery"))
        if not quantity.isdecimal() or not 1 <= int(quantity) <= MOST:
            left_out.append(LeftOut(f"line with the quantity {quantity!r}"))
            continue
        sheet.lines.append(_chipotle_line(row, name, int(quantity)))
    kept = _whole(sheets, left_out)
    give_times(kept)
    return Script("chipotle", kept, left_out, dated=False)


def _chipotle_line(row: Row, name: str, quantity: int) -> Line:
    total = _amount(row["item_price"])
    return Line(
        name[:LONGEST_NAME],
        quantity,
        modifiers=modifiers(row["choice_description"]),
        unit_price=None if total is None else round(total / quantity, 2),
    )


def _taste(rows: Iterator[Row], menu: dict[str, Line]) -> Script:
    left_out: list[LeftOut] = []
    sheets: dict[str, Sheet] = {}
    for row in rows:
        number, at = row["order_id"], _moment(row)
        if not number or at is None:
            left_out.append(LeftOut("line without an order or a time", at))
            continue
        sheet = sheets.setdefault(number, Sheet(number, at, table=_table_of(number)))
        if row["item_id"] not in menu:
            item = row["item_id"] or "without a number"
            left_out.append(LeftOut(f"line naming item {item}, which the menu has not", at))
            continue
        sheet.lines.append(menu[row["item_id"]])
    kept = _whole(sheets, left_out)
    kept.sort(key=lambda sheet: sheet.at)
    return Script("taste", kept, left_out)


def _menu(path: Path) -> dict[str, Line]:
    if not path.is_file():
        raise Unreadable(f"The orders name their items by number only: put {path} beside them.")
    columns, rows = _table(path)
    if not set(MENU) <= set(columns):
        raise Unreadable(f"{path} has to have the columns {', '.join(MENU)}.")
    return {
        row["menu_item_id"]: Line(
            row["item_name"][:LONGEST_NAME],
            category=row["category"],
            unit_price=_amount(row["price"]),
        )
        for row in rows
        if row["menu_item_id"] not in NOTHING and row["item_name"]
    }


def _whole(sheets: dict[str, Sheet], left_out: list[LeftOut]) -> list[Sheet]:
    """Return the orders that a kitchen could take, and note the others."""
    kept = []
    for sheet in sheets.values():
        if not sheet.lines:
            left_out.append(LeftOut("order with no line left", sheet.at))
        elif len(sheet.lines) > LONGEST_ORDER:
            left_out.append(LeftOut(f"order of more than {LONGEST_ORDER} lines", sheet.at))
        else:
            kept.append(sheet)
    return kept


def _table(path: Path) -> tuple[list[str], Iterator[Row]]:
    """Return a file's columns and its rows, every cell a stripped text."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None
    tabs = "\t" in text.partition("\n")[0]
    # Between tabs a quotation mark is a letter like any other.
    form = {"delimiter": "\t", "quoting": csv.QUOTE_NONE} if tabs else {"delimiter": ","}
    reader = csv.reader(io.StringIO(text, newline=""), **form)
    columns = [cell.strip() for cell in next(reader, [])]
    return columns, _rows(path, columns, reader)


def _rows(path: Path, columns: list[str], reader: Iterator[list[str]]) -> Iterator[Row]:
    blank = dict.fromkeys(columns, "")
    try:
        for cells in reader:
            if cells:
                yield blank | {
                    column: cell.strip() for column, cell in zip(columns, cells, strict=False)
                }
    except csv.Error as error:
        raise Unreadable(f"{path} is damaged: {error}.") from None


def _moment(row: Row) -> datetime | None:
    written = f"{row['order_date']} {row['order_time']}"
    try:
        return datetime.strptime(written, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)
    except ValueError:
        return None


def _amount(written: str) -> Decimal | None:
    try:
        amount = Decimal(written.lstrip("$"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 10**7 else None


def _table_of(number: str) -> str:
    """Guests sit somewhere: a table that stays with its order."""
    return str(int(number) % TABLES + 1) if number.isdecimal() else ""
