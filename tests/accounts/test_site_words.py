"""A password is not made of what the site is called."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError


@pytest.mark.parametrize(
    "password", ["openslot2030", "OpenSlot-1!aB", "salonkorte12", "Password-2030", "korte.openslot"]
)
def test_words_of_the_site_are_refused(password, settings):
    settings.BASE_URL = "https://book.salonkorte.example"
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_of_the_site" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize("password", ["openslot tweed kettle", "tweed kettle", "bookbinder lamp"])
def test_with_enough_besides_they_do_not_matter(password, settings):
    settings.BASE_URL = "https://book.salonkorte.example"
    validate_password(password)
