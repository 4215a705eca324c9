"""The ticket log refuses UPDATE, DELETE and TRUNCATE in the database itself."""

from django.db import migrations

GUARD = """
CREATE FUNCTION kitchen_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The ticket log is append-only: % is refused.', TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER ticket_log_no_change BEFORE UPDATE OR DELETE ON kitchen_kitchenticketlog
  FOR EACH ROW EXECUTE FUNCTION kitchen_log_is_append_only();
CREATE TRIGGER ticket_log_no_truncate BEFORE TRUNCATE ON kitchen_kitchenticketlog
  FOR EACH STATEMENT EXECUTE FUNCTION kitchen_log_is_append_only();
-- Also when a session plays replica, which switches ordinary triggers off.
ALTER TABLE kitchen_kitchenticketlog ENABLE ALWAYS TRIGGER ticket_log_no_change;
ALTER TABLE kitchen_kitchenticketlog ENABLE ALWAYS TRIGGER ticket_log_no_truncate;
"""

UNDO = """
DROP TRIGGER ticket_log_no_change ON kitchen_kitchenticketlog;
DROP TRIGGER ticket_log_no_truncate ON kitchen_kitchenticketlog;
DROP FUNCTION kitchen_log_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("kitchen", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNDO)]
