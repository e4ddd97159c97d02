"""What is refused, and what the database refuses, in the domain's words."""

import pytest
from django.db import IntegrityError, transaction

from openslot.accounts.models import Provider
from openslot.kernel import errors
from openslot.kernel.rows import db
from tests import town


class Late(errors.DomainError):
    """It is too late
    for that.

    More for those who read the code.
    """

    code = "late"


def test_an_error_says_the_first_paragraph_of_its_docstring_or_what_it_is_given():
    assert Late().detail == str(Late()) == "It is too late for that."
    assert Late("Not today.").detail == str(Late("Not today.")) == "Not today."
    assert Late("Not today.", until=3).extra == {"until": 3}
    assert Late().extra == {}


def test_what_is_invalid_stands_beside_its_fields_as_lists():
    wrong = errors.Invalid(start="Too soon.", end=["Too late.", "Too far."])
    assert wrong.errors == {"start": ["Too soon."], "end": ["Too late.", "Too far."]}
    assert wrong.detail == "Some of what was sent cannot be used."


@pytest.fixture
def twice(ada, bob):
    """A second provider with Ada's address, and the constraint that this breaks."""

    def make():
        town.provider(bob, slug=ada.provider.slug)

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    return make, caught.value.__cause__.diag.constraint_name


@pytest.mark.django_db
def test_a_broken_constraint_becomes_the_error_that_explains_it(twice):
    make, name = twice
    with pytest.raises(Late) as caught, db.explaining({name: Late}):
        make()
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert Provider.objects.count() == 1  # the transaction goes on


@pytest.mark.django_db
def test_any_other_broken_constraint_passes_as_it_came(twice):
    make, _ = twice
    with pytest.raises(IntegrityError), db.explaining({"another": Late}):
        make()


@pytest.mark.django_db
def test_one_that_no_database_tells_of_passes_too():
    with pytest.raises(IntegrityError), db.explaining({"another": Late}):
        raise IntegrityError
