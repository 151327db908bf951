"""The viewer's server: the same report, on loopback only, of known runs only."""

import http.client
import json
import threading
from urllib.parse import urlsplit

import pytest

import tarot_bench as tb
from tarot_bench.api.view import viewer
from tarot_bench.errors import RunError, UserError
from tarot_bench.runs.evaluation import EvaluationRun
from tests.pages.test_page import Reader
from tests.reporting.report.making import completion, grade, ladder, problem, write_run

PROBLEMS = [problem(number) for number in range(3)]
SECRET = "nobody else's business"


def some_run(folder, **given):
    answers = [completion(asked, 0) for asked in PROBLEMS[:2]]
    return write_run(folder, PROBLEMS, answers, [grade(PROBLEMS[0], 0, ladder(PROBLEMS[0], 4))], **given)


class Client:
    """Asks a server with any path and header as they are."""

    def __init__(self, url):
        self.port = urlsplit(url).port

    def get(self, path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.headers


@pytest.fixture
def served(request):
    opened = []

    def serve(folder, **given):
        context = viewer(folder, outputs=0, **given)
        server = context.__enter__()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        opened.append((context, server, thread))
        return Client(server.url)

    yield serve
    for context, server, thread in opened:
        server.shutdown()
        thread.join()
        context.__exit__(None, None, None)


def test_a_run_is_served_as_its_report(served, tmp_path):
    run = some_run(tmp_path / "run")
    client = served(run)
    status, _, headers = client.get("/")
    assert (status, headers["Location"]) == (302, "/runs/run/")
    status, text, headers = client.get("/runs/run/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    found, written = (Reader(each) for each in (text, tb.report([run], tmp_path / "r.html", outputs=0).read_text()))
    assert [held for attributes, held in found.scripts if "type" in attributes] == [
        held for attributes, held in written.scripts if "type" in attributes
    ]
    assert "connect-src 'self'" in text
    assert "connect-src" not in (tmp_path / "r.html").read_text()


def test_the_runs_of_a_folder_are_listed_with_their_states(served, tmp_path):
    some_run(tmp_path / "one", model="mutant:0.5")
    some_run(tmp_path / "deep" / "er" / "<b>two")
    (tmp_path / "not a run").mkdir()
    status, text, _ = served(tmp_path).get("/")
    assert status == 200
    links = [
        attributes["href"] for tag, attributes in Reader(text).tags if tag == "a" and "/runs/" in attributes["href"]
    ]
    assert links == ["/runs/deep/er/%3Cb%3Etwo/", "/runs/one/"]
    assert "<b>" not in text.partition("<script>")[0]
    assert "mutant:0.5" in text
    assert text.count("not finished") == 2


def test_a_finished_run_is_listed_with_its_rate(served, tmp_path):
    tb.evaluate("gold", tmp_path / "run", limit=2)
    _, text, _ = served(tmp_path).get("/")
    assert "<td>100.0 %</td>" in text


def test_a_run_with_an_odd_name_is_served(served, tmp_path):
    name = "a b?c#d%2e%2e&é"
    some_run(tmp_path / name)
    client = served(tmp_path)
    (link,) = [a["href"] for tag, a in Reader(client.get("/")[1]).tags if tag == "a" and "/runs/" in a["href"]]
    assert client.get(link)[0] == 200
    assert client.get(link + "state")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/secret.txt",
        "/../secret.txt",
        "/runs/../secret.txt",
        "/runs/%2e%2e/secret.txt",
        "/runs/run/../../secret.txt",
        "/runs/run/run.json",
        "/runs/run/..%2f..%2fsecret.txt",
        "/runs//etc/passwd",
        "/runs/linked/",
        "/runs/run/\x00",
    ],
)
def test_nothing_but_reports_of_found_runs_is_served(path, served, tmp_path):
    (tmp_path / "secret.txt").write_text(SECRET)
    outside = some_run(tmp_path / "elsewhere" / "run")
    folder = tmp_path / "runs"
    some_run(folder / "run")
    (folder / "linked").symlink_to(outside)
    status, text, _ = served(folder).get(path.replace("\x00", "%00"))
    assert status == 404
    assert SECRET not in text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1", ""]
)
def test_another_host_name_is_refused(host, served, tmp_path):
    client = served(some_run(tmp_path / "run"))
    status, text, _ = client.get("/runs/run/", Host=host.format(port=client.port))
    assert (status, text) == (403, "this server answers on loopback only\n")
    assert client.get("/runs/run/", Host=f"localhost:{client.port}")[0] == 200


def test_another_sites_script_is_refused(served, tmp_path):
    client = served(some_run(tmp_path / "run"))
    assert client.get("/runs/run/state", Origin="https://evil.example")[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_reading_is_known(method, served, tmp_path):
    assert served(some_run(tmp_path / "run")).get("/runs/run/", method)[0] == 501


def test_head_has_the_length_and_no_content(served, tmp_path):
    client = served(some_run(tmp_path / "run"))
    _, text, headers = client.get("/runs/run/")
    status, nothing, again = client.get("/runs/run/", "HEAD")
    assert (status, nothing) == (200, "")
    assert again["Content-Length"] == headers["Content-Length"] == str(len(text.encode()))


def test_the_state_changes_when_the_run_does_and_so_does_the_report(served, tmp_path):
    run = some_run(tmp_path / "run")
    client = served(run)
    before = json.loads(client.get("/runs/run/state")[1])
    assert before == json.loads(client.get("/runs/run/state")[1])
    assert f'data-version="{before["version"]}"' in client.get("/runs/run/")[1]
    with EvaluationRun.open(run).benchmark("tarot").write_grades() as grades:
        grades.append(grade(PROBLEMS[1], 0, ladder(PROBLEMS[1], 2)))
    after = json.loads(client.get("/runs/run/state")[1])
    assert after["version"] != before["version"]
    assert f'data-version="{after["version"]}"' in client.get("/runs/run/")[1]


def test_a_run_that_cannot_be_read_is_one_line_and_the_server_goes_on(served, tmp_path):
    run = some_run(tmp_path / "run")
    client = served(run)
    data = tmp_path / "run.jsonl"
    text = data.read_text()
    data.write_text(text.replace("2000", "2001"))
    status, said, _ = client.get("/runs/run/")
    assert status == 500
    assert "changed since the run" in said
    data.write_text(text)
    assert client.get("/runs/run/")[0] == 200


def test_a_run_that_appears_later_is_found(served, tmp_path):
    client = served(tmp_path)
    assert "There is no run" in client.get("/")[1]
    some_run(tmp_path / "run")
    assert client.get("/runs/run/")[0] == 200


def test_what_cannot_be_served_is_one_line(served, tmp_path):
    with pytest.raises(RunError, match="there is no folder"):
        served(tmp_path / "nothing")
    client = served(tmp_path)
    with pytest.raises(UserError, match=f"cannot listen on port {client.port}"):
        served(tmp_path, port=client.port)


@pytest.mark.slow
def test_a_page_follows_its_run_and_keeps_filters_and_place(served, browser, tmp_path):
    from tests.reporting.report.browsing import Person

    run = some_run(tmp_path / "run")
    client = served(run)
    address = f"http://127.0.0.1:{client.port}/runs/run/"
    person = Person(browser, f"{address}#0/0/0/0")
    person.page.wait_for_selector("#problem h2")
    assert "loads again when there are new results" in person.page.locator("#following").inner_text()
    person.type("Search", "es-")
    person.choose("Solved", "by every sample")
    assert person.listed == [PROBLEMS[0].id]
    with (
        person.page.expect_navigation(timeout=120_000),
        EvaluationRun.open(run).benchmark("tarot").write_grades() as grades,
    ):
        grades.append(grade(PROBLEMS[1], 0, ladder(PROBLEMS[1], 4)))
    person.page.wait_for_selector("#count:text-is('2 of 3 problems')")
    assert person.listed == [PROBLEMS[0].id, PROBLEMS[1].id]
    assert person.page.get_by_label("Search", exact=True).input_value() == "es-"
    assert person.page.get_by_label("Solved", exact=True).locator("option:checked").inner_text() == "by every sample"
    assert person.page.locator("#problem h2").inner_text() == PROBLEMS[0].id
    assert person.errors == []
    assert {urlsplit(url).netloc for url in person.requests if url.startswith("http")} == {f"127.0.0.1:{client.port}"}
    person.close()
