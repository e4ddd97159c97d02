"""A provider's revision: another one after every write to what decides when they are free.

The database draws it, so no write can forget it. `provider_watched(table)` has every write to a
table with a `provider_id` do so: once a statement, behind the provider's lock, in order of ids.
"""

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models

WATCHING = """
CREATE FUNCTION provider_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := gen_random_uuid();
    RETURN NEW;
END $$;

CREATE TRIGGER provider_revised BEFORE UPDATE ON accounts_provider
    FOR EACH ROW EXECUTE FUNCTION provider_revised();

CREATE FUNCTION provider_concerned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE accounts_provider SET revision = gen_random_uuid() WHERE id IN (
            SELECT id FROM accounts_provider WHERE id IN (
                SELECT provider_id FROM changed UNION SELECT provider_id FROM former
            ) ORDER BY id FOR NO KEY UPDATE
        );
    ELSE
        UPDATE accounts_provider SET revision = gen_random_uuid() WHERE id IN (
            SELECT id FROM accounts_provider WHERE id IN (SELECT provider_id FROM changed)
            ORDER BY id FOR NO KEY UPDATE
        );
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION provider_watched(watched regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER provider_concerned_insert AFTER INSERT ON %1$s
            REFERENCING NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION provider_concerned();
        CREATE TRIGGER provider_concerned_update AFTER UPDATE ON %1$s
            REFERENCING NEW TABLE AS changed OLD TABLE AS former
            FOR EACH STATEMENT EXECUTE FUNCTION provider_concerned();
        CREATE TRIGGER provider_concerned_delete AFTER DELETE ON %1$s
            REFERENCING OLD TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION provider_concerned();',
        watched
    );
END $$;

CREATE FUNCTION provider_unwatched(watched regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'DROP TRIGGER provider_concerned_insert ON %1$s;
        DROP TRIGGER provider_concerned_update ON %1$s;
        DROP TRIGGER provider_concerned_delete ON %1$s;',
        watched
    );
END $$;

CREATE FUNCTION provider_of_user_concerned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE accounts_provider SET revision = gen_random_uuid() WHERE user_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER provider_of_user_concerned AFTER UPDATE OF is_active ON accounts_user
    FOR EACH ROW WHEN (OLD.is_active IS DISTINCT FROM NEW.is_active)
    EXECUTE FUNCTION provider_of_user_concerned();
"""

UNWATCHING = """
DROP TRIGGER provider_of_user_concerned ON accounts_user;
DROP FUNCTION provider_of_user_concerned();
DROP FUNCTION provider_unwatched(regclass);
DROP FUNCTION provider_watched(regclass);
DROP FUNCTION provider_concerned();
DROP TRIGGER provider_revised ON accounts_provider;
DROP FUNCTION provider_revised();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_callable_phones")]

    operations = [
        migrations.AddField(
            model_name="provider",
            name="revision",
            field=models.UUIDField(db_default=RandomUUID(), editable=False),
        ),
        migrations.RunSQL(WATCHING, UNWATCHING),
    ]
