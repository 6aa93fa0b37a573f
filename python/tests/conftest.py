"""What tests have in common."""

import pytest

import ranvier


@pytest.fixture
def net():
    return ranvier.Network(seed=7)


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: minutes; not run unless --slow is given")


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also tests that take minutes")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="takes minutes: --slow"))
