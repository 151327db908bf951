"""Read a page of the site back, as a reader without scripts does."""

from html.parser import HTMLParser


class Cells(HTMLParser):
    """The cells of all tables by row, the addresses of all links, and the headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows, self.links, self.headings = [], [], []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._inside = "cell"
            self.rows[-1].append("")
        elif tag == "a":
            self.links.append(dict(attributes)["href"])
        elif tag in ("h2", "h3"):
            self._inside = "heading"
            self.headings.append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th", "h2", "h3"):
            self._inside = ""

    def handle_data(self, data):
        if self._inside == "cell":
            self.rows[-1][-1] += data
        elif self._inside == "heading":
            self.headings[-1] += data
