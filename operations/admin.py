"""Setting the house up, under /admin/: places, menu, printers, people. The log is only for looking.

What happens to orders and tickets is no business of this site: they change by their own rules.
"""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from kitchen.models import (
    Brand,
    KitchenTicketLog,
    Location,
    MenuItem,
    PrinterRoute,
    Station,
    StationPrinter,
)
from operations import access
from operations.models import Membership, PosToken

User = get_user_model()
CODE_PAGES = ("CP858", "CP437", "CP850", "CP852", "CP1252")


def sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Let people in at the one door there is, which slows down those who guess."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect("/sign-in/?" + urlencode({"next": request.GET.get("next", "/admin/")}))


admin.site.login = sign_in
admin.site.site_header = "olgFeast set-up"
admin.site.site_title = "olgFeast"
admin.site.index_title = "Set-up"
admin.site.site_url = "/operations/stations/"


class LocationForm(forms.ModelForm):
    def clean_timezone(self) -> str:
        zone = self.cleaned_data["timezone"]
        if zone not in available_timezones():
            raise ValidationError("Write a time zone by its name, such as Europe/Madrid.")
        return zone


class MenuItemForm(forms.ModelForm):
    def clean_options(self) -> list[dict[str, Any]]:
        options = self.cleaned_data["options"] or []
        if not isinstance(options, list) or not all(map(_is_option, options)):
            raise ValidationError(
                'Write a list such as [{"name": "Doneness", "choices": ["Rare"], "max": 1}].'
            )
        return options

    def clean_allergens(self) -> list[str]:
        allergens = self.cleaned_data["allergens"] or []
        if not _are_words(allergens):
            raise ValidationError('Write a list such as ["milk", "gluten"].')
        return allergens

    def clean(self) -> dict[str, Any]:
        return _of_one_house(super().clean(), "location", "brand", "station")


class RouteForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        return _of_one_house(super().clean(), "station", "printer")


class PrinterForm(forms.ModelForm):
    kind = forms.ChoiceField(choices=[("network", "network")])
    code_page = forms.ChoiceField(choices=[(page, page) for page in CODE_PAGES])


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):
    form = LocationForm
    list_display = ("name", "code", "timezone")
    exclude = ("order_counter", "counter_day")


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "location")
    list_select_related = ("location",)


@admin.register(Station)
class StationAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "location", "has_screen", "warn_seconds", "late_seconds")
    list_select_related = ("location",)


@admin.register(MenuItem)
class MenuItemAdmin(admin.ModelAdmin):
    form = MenuItemForm
    list_display = ("name", "category", "station", "price", "brand", "sold_out_at")
    list_select_related = ("station", "brand")
    list_filter = ("category", "station")
    search_fields = ("name",)


class RouteInline(admin.TabularInline):
    model = PrinterRoute
    form = RouteForm
    extra = 1


@admin.register(StationPrinter)
class PrinterAdmin(admin.ModelAdmin):
    form = PrinterForm
    list_display = ("name", "code", "location", "host", "port", "enabled")
    list_select_related = ("location",)
    fields = (
        "location", "code", "name", "kind", "host", "port", "columns", "code_page", "enabled",
    )  # fmt: skip
    inlines = (RouteInline,)

    def save_model(self, request: HttpRequest, obj: StationPrinter, form: Any, change: Any) -> None:
        """Ask a printer again how it proves a print once it may be another one."""
        if {"host", "port"} & set(form.changed_data):
            obj.proof, obj.probed_at = "", None
        super().save_model(request, obj, form, change)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1


class PersonAdmin(UserAdmin):
    inlines = (MembershipInline,)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        """A role is given to a person who is there already."""
        return self.inlines if obj else ()


admin.site.unregister(User)
admin.site.register(User, PersonAdmin)


class LookOnly(admin.ModelAdmin):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PosToken)
class PosTokenAdmin(LookOnly):
    """Tokens are made by `manage.py create_pos_token`, which alone can show them."""

    list_display = ("name", "location", "created_at", "revoked_at")
    list_select_related = ("location",)
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke these tokens", permissions=["view"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[PosToken]) -> None:
        if not request.user.has_perm("operations.change_postoken"):
            raise PermissionDenied
        done = tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        access.forget()
        self.message_user(request, f"Tokens revoked: {done}.")


@admin.register(KitchenTicketLog)
class LogAdmin(LookOnly):
    list_display = ("timestamp", "action", "order", "station", "actor", "printer", "error_code")
    list_select_related = ("order", "station")
    list_filter = ("location",)
    ordering = ("-id",)
    show_full_result_count = False


def _is_option(option: Any) -> bool:
    return (
        isinstance(option, dict)
        and option.keys() <= {"name", "choices", "max"}
        and isinstance(option.get("name"), str)
        and bool(option.get("choices"))
        and _are_words(option["choices"])
        and type(option.get("max", 1)) is int
        and option.get("max", 1) >= 1
    )


def _are_words(words: Any) -> bool:
    return isinstance(words, list) and all(isinstance(word, str) and word for word in words)


def _of_one_house(cleaned: dict[str, Any], *names: str) -> dict[str, Any]:
    """Refuse what would join things of different locations."""
    things = [cleaned.get(name) for name in names]
    houses = {thing.id if name == "location" else thing.location_id
              for name, thing in zip(names, things, strict=True) if thing}  # fmt: skip
    if len(houses) > 1:
        raise ValidationError(f"These have to be of one location: {', '.join(names)}.")
    return cleaned
