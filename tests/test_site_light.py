"""Every page of the built site in Chromium, in the light theme."""

import pytest
import site_rules as rules

pytest_plugins = ["site_in_chromium"]


@pytest.mark.parametrize("name", rules.names())
def test_a_page_has_no_fault_in_the_light_theme(faults, name):
    assert faults(name, "light") == []
