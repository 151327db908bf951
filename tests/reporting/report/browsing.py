"""A person at a report in a real browser: counts clicks, notes what goes wrong."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


class Person:
    """Opens a report and uses it with mouse and keyboard.

    Attributes:
        page: Playwright's page.
        clicks: so far; choosing from a list is two.
        errors: that the page logged or raised.
        requests: URLs that the page loaded.
    """

    def __init__(
        self,
        browser: Browser,
        address: str,
        size: dict[str, int] = DESK,
        ready: str = "#count:not(:empty)",  # rows are drawn once more before it is filled
        **options: Any,
    ) -> None:
        self.clicks = 0
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._context = browser.new_context(viewport=size, **options)
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)
        self.page.wait_for_selector(ready)

    def click(self, selector: str) -> None:
        """Click on one element."""
        self.clicks += 1
        self.page.locator(selector).first.click()

    def choose(self, label: str, option: str) -> None:
        """Choose from a list: one click opens it, one takes the option."""
        self.clicks += 2
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def type(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    @property
    def listed(self) -> list[str]:
        """The problems in the table, from its top."""
        return self.page.locator(".tabulator-row a").all_inner_texts()

    @property
    def count(self) -> str:
        """How many problems fit the filters, in the page's words."""
        return self.page.locator("#count").inner_text()

    def open(self, problem_id: str) -> None:
        """Follow the link of a problem in the table."""
        self.click(f".tabulator-row a:text-is('{problem_id}')")
        self.page.wait_for_selector(f"#problem h2:text-is('{problem_id}')")

    @property
    def width(self) -> int:
        """Pixels that the page's contents need from left to right."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))

    def close(self) -> None:
        """Close the page."""
        self._context.close()


def address(path: Path) -> str:
    """The URL of a file."""
    return path.resolve().as_uri()
