"""What every test may ask for, and what no test may see: the settings of whoever runs them."""

import os

from hypothesis import settings

pytest_plugins = [
    "tests.support.needs",
    "tests.support.databases",
    "tests.support.browser",
    "tests.support.slack.office",
]

# libpq, Bolt and our own settings all read the environment: a test must not meet the developer's database or workspace.
for name in [name for name in os.environ if name.startswith(("PG", "SLACK_", "COUNTERSIGN_"))]:
    if name != "COUNTERSIGN_REQUIRE_ALL":
        del os.environ[name]

# A busy machine is no reason to fail: examples are limited, time is not (pytest has its own limit).
settings.register_profile("quick", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5000)
settings.load_profile("quick")
