"""The exhaustive search on a Dask cluster: the same result as in one process."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from command_line import Command, assert_refused

from counterexamples.enumeration import dask_cluster
from counterexamples.enumeration.dask_cluster import cluster
from counterexamples.search import exhaustive
from verify.errors import SearchError

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def local() -> Iterator[Any]:
    """A scheduler and two workers, in threads of this process, that talk over TCP."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Dask and Tornado warn about is theirs
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=None
        ) as made:
            yield made


def test_the_same_result(local: Any, fullrank: Command) -> None:
    ran = fullrank("search", "--exhaustive", "--dim", "3", "--dask", local.scheduler_address, "--json", "-o", "box")
    assert ran.status == 0, ran.err
    result = json.loads(ran.out)
    alone = exhaustive("relu", dimension=3).to_json()
    for key in ("obstructions", "examined_by_size", "fitted_orbits_by_size", "complete"):
        assert result[key] == alone[key]
    again = json.loads(fullrank("search", "--exhaustive", "--dim", "3", "-o", "box", "--json").out)
    assert again["resumed"] == again["chunks"] > 1


def test_the_executor_as_an_argument(local: Any) -> None:
    with cluster(local.scheduler_address) as executor:
        found = exhaustive("gelu", box=2, max_points=6, executor=executor)
    assert found.obstructions == exhaustive("gelu", box=2, max_points=6).obstructions


def test_a_cluster_without_workers() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            distributed.LocalCluster(n_workers=0, processes=False, protocol="tcp", dashboard_address=None) as made,
            pytest.raises(SearchError, match="no worker; start one"),
            cluster(made.scheduler_address),
        ):
            pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "http://127.0.0.1:1"])
def test_an_address_where_nobody_answers(
    address: str, fullrank: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "PATIENCE", 1.0)
    ran = fullrank("search", "--exhaustive", "--dask", address)
    assert_refused(ran, f"no Dask scheduler answers at {address!r}", "dask scheduler")


def test_without_dask(monkeypatch: pytest.MonkeyPatch, fullrank: Command) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    ran = fullrank("search", "--exhaustive", "--dask", "tcp://127.0.0.1:8786")
    assert_refused(ran, "pip install 'fullrank[dask]'")
