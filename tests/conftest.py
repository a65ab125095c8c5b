"""What every test gets: no network, derandomised properties in CI, and a browser only where there is one."""

import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings

from _setup import find_chromium

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

_LOOPBACK = ("127.", "::1", "localhost")
_CHROMIUM_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves this computer."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None  # a plain string is a local socket file
        if host is not None and not str(host).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {host}: tests have no network")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep compiled kernels in the run's own folder, one for all its workers, and never in the user's."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MSCAPE_CACHE", str(base / "kernels"))
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Drive the system's own Chromium, never a downloaded one (pytest-playwright asks for this fixture)."""
    return {"executable_path": find_chromium(), "args": _CHROMIUM_ARGUMENTS, "headless": True}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(
                    pytest.mark.skip(reason="not run: no chromium on PATH, none named by CHROMIUM")
                )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum("not run: no chromium" in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"browser tests: {count} not run (no chromium found)", yellow=True)
