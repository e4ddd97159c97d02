"""What is logged, and how much of it."""

import logging

import pytest

from openslot import logs


@pytest.mark.parametrize(("status", "traced"), [(503, False), (500, True), (None, True)])
def test_an_outage_is_a_line_and_a_fault_has_its_trace(status, traced):
    raised = (ValueError, ValueError(), None)
    told = logging.LogRecord("django.request", logging.ERROR, "", 1, "", (), raised)
    told.status_code = status
    assert logs.without_trace(told)
    assert bool(told.exc_info) is traced
