"""What tests have in common.

Tests of hypothesis have the same examples in every run; RANVIER_HAMMER=20000 tries as many new ones.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

import ranvier

settings.register_profile(
    "ranvier",
    max_examples=int(os.environ.get("RANVIER_HAMMER", 500)),
    derandomize="RANVIER_HAMMER" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("ranvier")


@pytest.fixture
def net():
    return ranvier.Network(seed=7)


@pytest.fixture
def sim():
    """ranvier.pynn, set up with steps and delays of 0.1 ms."""
    pytest.importorskip("pyNN", reason="ranvier.pynn needs PyNN")
    import ranvier.pynn as module

    module.setup(timestep=0.1, min_delay=0.1, backend="cpu", threads=1)
    yield module
    module.end()


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
