"""The categories that an installation starts with; the admin changes them."""

from django.db import migrations

CATEGORIES = [
    ("health", "Health & medicine", "heart-pulse"),
    ("therapy", "Therapy & counselling", "chat-heart"),
    ("dental", "Dental care", "emoji-smile"),
    ("massage", "Massage & wellness", "flower1"),
    ("hair", "Hair & barber", "scissors"),
    ("beauty", "Beauty & nails", "stars"),
    ("fitness", "Fitness & sports", "bicycle"),
    ("tutoring", "Tutoring & lessons", "book"),
    ("music", "Music", "music-note-beamed"),
    ("legal", "Legal advice", "bank"),
    ("finance", "Tax & finance", "calculator"),
    ("coaching", "Coaching & careers", "compass"),
    ("home", "Home & repairs", "tools"),
    ("pets", "Pets & vets", "heart"),
    ("photography", "Photography", "camera"),
]


def add(apps, _schema_editor):
    category = apps.get_model("catalog", "Category")
    known = set(category.objects.values_list("slug", flat=True))
    category.objects.bulk_create(
        category(slug=slug, name=name, icon=icon, position=position)
        for position, (slug, name, icon) in enumerate(CATEGORIES, start=1)
        if slug not in known
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_folded_for_search")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
