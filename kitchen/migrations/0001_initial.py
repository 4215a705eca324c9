import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import kitchen.states


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("revision", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=32,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,31}\\Z",
                                "Use 1 to 32 of a-z, 0-9, - and _, beginning with a-z or 0-9.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("timezone", models.CharField(default="UTC", max_length=64)),
                ("order_counter", models.PositiveIntegerField(default=0)),
                ("counter_day", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("feed", models.CharField(max_length=100)),
                ("rev", models.BigIntegerField()),
                ("frame", models.JSONField()),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="KitchenTicket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(default=1)),
                (
                    "status",
                    models.CharField(default=kitchen.states.TicketState["PENDING"], max_length=10),
                ),
                ("priority", models.CharField(default="normal", max_length=6)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("clock_from", models.DateTimeField()),
                ("state_since", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("recalled_at", models.DateTimeField(blank=True, null=True)),
                ("needs_ack", models.BooleanField(default=False)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.location"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Brand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=32,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,31}\\Z",
                                "Use 1 to 32 of a-z, 0-9, - and _, beginning with a-z or 0-9.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.location"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MenuItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=100)),
                ("name", models.CharField(max_length=200)),
                (
                    "price",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                ),
                ("options", models.JSONField(blank=True, default=list)),
                ("allergens", models.JSONField(blank=True, default=list)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("sold_out_at", models.DateTimeField(blank=True, null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.brand"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.location"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="KitchenTicketItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=200)),
                (
                    "quantity",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(999),
                        ]
                    ),
                ),
                (
                    "status",
                    models.CharField(default=kitchen.states.ItemState["PENDING"], max_length=10),
                ),
                ("modifiers", models.JSONField(default=list)),
                ("notes", models.CharField(blank=True, max_length=500)),
                ("allergens", models.JSONField(default=list)),
                ("seat", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("course", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "unit_price",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                ),
                ("void_reason", models.CharField(blank=True, max_length=500)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="kitchen.kitchenticket",
                    ),
                ),
                (
                    "menu_item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="kitchen.menuitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=100)),
                ("number", models.CharField(max_length=12)),
                ("order_type", models.CharField(default="dine_in", max_length=10)),
                ("table", models.CharField(blank=True, max_length=40)),
                ("customer_name", models.CharField(blank=True, max_length=100)),
                ("server", models.CharField(blank=True, max_length=100)),
                ("guests", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("notes", models.CharField(blank=True, max_length=500)),
                ("priority", models.CharField(default="normal", max_length=6)),
                (
                    "status",
                    models.CharField(default=kitchen.states.OrderState["PENDING"], max_length=10),
                ),
                ("placed_at", models.DateTimeField()),
                ("promised_at", models.DateTimeField(blank=True, null=True)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("request_digest", models.CharField(blank=True, max_length=64)),
                ("acceptance", models.JSONField(default=dict)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.brand"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.location"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="kitchenticket",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tickets",
                to="kitchen.order",
            ),
        ),
        migrations.CreateModel(
            name="PaperChit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("printer_name", models.CharField(max_length=32)),
                ("port", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("lines", models.JSONField(default=list)),
                ("raw", models.BinaryField()),
                ("printed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["printer_name", "-id"], name="paper_latest")],
            },
        ),
        migrations.CreateModel(
            name="RequestKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("reply", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="kitchen.order"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Station",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=32,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,31}\\Z",
                                "Use 1 to 32 of a-z, 0-9, - and _, beginning with a-z or 0-9.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("has_screen", models.BooleanField(default=True)),
                ("warn_seconds", models.PositiveIntegerField(default=300)),
                ("late_seconds", models.PositiveIntegerField(default=480)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.location"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="PrintJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(default="order", max_length=8)),
                ("status", models.CharField(default=kitchen.states.JobState["NEW"], max_length=12)),
                ("priority", models.CharField(default="normal", max_length=6)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("item_ids", models.JSONField(blank=True, null=True)),
                ("chit", models.BinaryField(null=True)),
                ("proof", models.CharField(blank=True, max_length=12)),
                ("possible_copy", models.BooleanField(default=False)),
                ("place_of", models.CharField(blank=True, max_length=32)),
                ("created_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                ("claimed_by", models.CharField(blank=True, max_length=120)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                ("claim_no", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("error_message", models.CharField(blank=True, max_length=500)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.location"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="print_jobs",
                        to="kitchen.kitchenticket",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="kitchen.station"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="menuitem",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="kitchen.station"
            ),
        ),
        migrations.CreateModel(
            name="KitchenTicketLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("timestamp", models.DateTimeField()),
                ("action", models.CharField(max_length=24)),
                ("old_status", models.CharField(blank=True, max_length=12)),
                ("new_status", models.CharField(blank=True, max_length=12)),
                ("actor", models.CharField(max_length=120)),
                ("printer", models.CharField(blank=True, max_length=32)),
                ("printer_address", models.CharField(blank=True, max_length=200)),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("error_message", models.CharField(blank=True, max_length=500)),
                ("duration_ms", models.BigIntegerField(null=True)),
                ("metadata", models.JSONField(default=dict)),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="kitchen.kitchenticket",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.location"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="kitchen.order",
                    ),
                ),
                (
                    "print_job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="kitchen.printjob",
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="kitchen.station"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="kitchenticket",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="kitchen.station"
            ),
        ),
        migrations.CreateModel(
            name="StationPrinter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=32,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9_-]{0,31}\\Z",
                                "Use 1 to 32 of a-z, 0-9, - and _, beginning with a-z or 0-9.",
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(default="network", max_length=12)),
                ("host", models.CharField(max_length=200)),
                ("port", models.PositiveIntegerField(default=9100)),
                ("columns", models.PositiveSmallIntegerField(default=48)),
                ("code_page", models.CharField(default="CP858", max_length=20)),
                ("enabled", models.BooleanField(default=True)),
                ("proof", models.CharField(blank=True, max_length=12)),
                ("probed_at", models.DateTimeField(blank=True, null=True)),
                ("online", models.BooleanField(blank=True, null=True)),
                ("paper", models.CharField(blank=True, max_length=6)),
                ("cover", models.CharField(blank=True, max_length=6)),
                ("cutter", models.CharField(blank=True, max_length=6)),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("error_message", models.CharField(blank=True, max_length=500)),
                ("trouble_since", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("last_print_at", models.DateTimeField(blank=True, null=True)),
                ("claimed_by", models.CharField(blank=True, max_length=120)),
                ("claimed_until", models.DateTimeField(blank=True, null=True)),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="kitchen.location"
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.AddField(
            model_name="printjob",
            name="printer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="kitchen.stationprinter"
            ),
        ),
        migrations.CreateModel(
            name="PrinterRoute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(default=1)),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="kitchen.station"
                    ),
                ),
                (
                    "printer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="kitchen.stationprinter"
                    ),
                ),
            ],
            options={
                "ordering": ["priority", "id"],
            },
        ),
        migrations.CreateModel(
            name="PrinterHealthCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checked_at", models.DateTimeField()),
                ("online", models.BooleanField()),
                ("paper", models.CharField(blank=True, max_length=6)),
                ("cover", models.CharField(blank=True, max_length=6)),
                ("cutter", models.CharField(blank=True, max_length=6)),
                ("error_code", models.CharField(blank=True, max_length=40)),
                ("response_ms", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "printer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="kitchen.stationprinter"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="brand",
            constraint=models.UniqueConstraint(fields=("location", "code"), name="brand_code"),
        ),
        migrations.AddConstraint(
            model_name="kitchenticketitem",
            constraint=models.UniqueConstraint(fields=("ticket", "position"), name="item_position"),
        ),
        migrations.AddConstraint(
            model_name="kitchenticketitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            kitchen.states.ItemState["PENDING"],
                            kitchen.states.ItemState["READY"],
                            kitchen.states.ItemState["VOID"],
                        ],
                    )
                ),
                name="item_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="kitchenticketitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1), ("quantity__lte", 999)),
                name="item_quantity",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            kitchen.states.OrderState["PENDING"],
                            kitchen.states.OrderState["PREPARING"],
                            kitchen.states.OrderState["READY"],
                        ],
                    )
                ),
                fields=["location", "status", "placed_at"],
                name="order_open",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status", kitchen.states.OrderState["COMPLETE"])),
                fields=["location", "-completed_at"],
                name="order_completed",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["location", "placed_at"], name="order_placed"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("location", "external_id"),
                name="order_external_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            kitchen.states.OrderState["PENDING"],
                            kitchen.states.OrderState["PREPARING"],
                            kitchen.states.OrderState["READY"],
                            kitchen.states.OrderState["COMPLETE"],
                            kitchen.states.OrderState["VOID"],
                        ],
                    )
                ),
                name="order_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", ["normal", "rush", "vip"])),
                name="order_priority",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("order_type__in", ["dine_in", "takeout", "delivery"])),
                name="order_type",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("completed_at__isnull", False),
                        ("status", kitchen.states.OrderState["COMPLETE"]),
                    ),
                    models.Q(
                        models.Q(("status", kitchen.states.OrderState["COMPLETE"]), _negated=True),
                        ("completed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="order_completed_at",
            ),
        ),
        migrations.AddIndex(
            model_name="requestkey",
            index=models.Index(fields=["created_at"], name="request_key_age"),
        ),
        migrations.AddConstraint(
            model_name="requestkey",
            constraint=models.UniqueConstraint(fields=("owner", "key"), name="request_key_once"),
        ),
        migrations.AddConstraint(
            model_name="station",
            constraint=models.UniqueConstraint(fields=("location", "code"), name="station_code"),
        ),
        migrations.AddConstraint(
            model_name="menuitem",
            constraint=models.UniqueConstraint(fields=("brand", "name"), name="menu_item_name"),
        ),
        migrations.AddIndex(
            model_name="kitchenticketlog",
            index=models.Index(fields=["ticket", "id"], name="log_ticket"),
        ),
        migrations.AddIndex(
            model_name="kitchenticketlog",
            index=models.Index(fields=["order", "id"], name="log_order"),
        ),
        migrations.AddIndex(
            model_name="kitchenticketlog",
            index=models.Index(fields=["location", "id"], name="log_location"),
        ),
        migrations.AddIndex(
            model_name="kitchenticketlog",
            index=models.Index(fields=["location", "timestamp"], name="log_time"),
        ),
        migrations.AddIndex(
            model_name="kitchenticket",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["held", "pending", "preparing"]),
                    models.Q(("needs_ack", True), ("status", "void")),
                    _connector="OR",
                ),
                fields=["station", "clock_from"],
                name="ticket_to_make",
            ),
        ),
        migrations.AddIndex(
            model_name="kitchenticket",
            index=models.Index(
                condition=models.Q(("status", "ready")),
                fields=["station", "-ready_at"],
                name="ticket_ready",
            ),
        ),
        migrations.AddIndex(
            model_name="kitchenticket",
            index=models.Index(fields=["station", "created_at"], name="ticket_created"),
        ),
        migrations.AddConstraint(
            model_name="kitchenticket",
            constraint=models.UniqueConstraint(
                fields=("order", "station", "round"), name="ticket_per_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="kitchenticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            kitchen.states.TicketState["HELD"],
                            kitchen.states.TicketState["PENDING"],
                            kitchen.states.TicketState["PREPARING"],
                            kitchen.states.TicketState["READY"],
                            kitchen.states.TicketState["COMPLETE"],
                            kitchen.states.TicketState["VOID"],
                        ],
                    )
                ),
                name="ticket_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="kitchenticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", ["normal", "rush", "vip"])),
                name="ticket_priority",
            ),
        ),
        migrations.AddConstraint(
            model_name="kitchenticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", kitchen.states.TicketState["READY"]), _negated=True),
                    ("ready_at__isnull", False),
                    _connector="OR",
                ),
                name="ticket_ready_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="stationprinter",
            constraint=models.UniqueConstraint(fields=("location", "code"), name="printer_code"),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(
                condition=models.Q(("status", "new")),
                fields=["station", "not_before", "id"],
                name="job_new",
            ),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(
                condition=models.Q(("status", "printing")),
                fields=["claimed_until"],
                name="job_printing",
            ),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(
                condition=models.Q(("status__in", ["new", "printing", "unconfirmed", "failed"])),
                fields=["location", "id"],
                name="job_open",
            ),
        ),
        migrations.AddIndex(
            model_name="printjob",
            index=models.Index(fields=["printer", "-finished_at"], name="job_finished"),
        ),
        migrations.AddConstraint(
            model_name="printjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            kitchen.states.JobState["NEW"],
                            kitchen.states.JobState["PRINTING"],
                            kitchen.states.JobState["PRINTED"],
                            kitchen.states.JobState["UNCONFIRMED"],
                            kitchen.states.JobState["FAILED"],
                        ],
                    )
                ),
                name="job_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="printerroute",
            constraint=models.UniqueConstraint(fields=("station", "printer"), name="route_once"),
        ),
        migrations.AddIndex(
            model_name="printerhealthcheck",
            index=models.Index(fields=["printer", "-checked_at"], name="health_latest"),
        ),
    ]
