"""The run on the defaults of the concept that a module tests, and its facts."""

import pytest

from vizdl import catalog


@pytest.fixture(scope="module")
def experiment_module(request):
    name = request.module.__name__.rpartition("test_")[2]
    return catalog.load(catalog.get(name).experiment)


@pytest.fixture(scope="module")
def trace(experiment_module):
    return experiment_module.run(experiment_module.Settings())


@pytest.fixture(scope="module")
def measured(experiment_module, trace):
    return experiment_module.facts(trace)
