"""What all browser tests share."""

from playwright.sync_api import expect

# A machine that does several things at once is slow, not wrong: what is waited for comes or never comes.
expect.set_options(timeout=20_000)
