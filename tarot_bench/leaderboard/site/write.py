"""Write a leaderboard's site."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from tarot_bench.atomic import make_folder, replacing, replacing_folder, write_atomically
from tarot_bench.charts.figure import require
from tarot_bench.errors import RunError
from tarot_bench.leaderboard.entries import Folder, Submission
from tarot_bench.leaderboard.site import atom, compare, feeds, index, model
from tarot_bench.leaderboard.site.standing import Group, groups_of, slug
from tarot_bench.progress import Progress, Silent

SamplesWriter = Callable[[Submission, Path], str]
"""Writes the page with a submission's samples to a path; says why where it cannot."""


def write_site(
    folder: Folder, site: Path, samples: SamplesWriter | None = None, progress: Progress | None = None
) -> Path:
    """Write the site of a leaderboard.

    ::

        index.html                         all entries, by group
        compare.html                       two models side by side
        leaderboard.json, leaderboard.csv  their numbers
        feed.xml                           what verifiers found, for feed readers
        models/SLUG/index.html             a submission
        models/SLUG/attestation.json       what its verifier signed
        models/SLUG/samples.html           its problems and samples

    The folder ``models`` is replaced, so that submissions which are no longer in the leaderboard's folder have no page;
    other files of the site are left alone. The same folder gives the same bytes.

    Args:
        folder: what `read_folder` found.
        site: receives the files, and is created where it is missing.
        samples: writes the samples of verified submissions; None leaves them out.
        progress: receives every submission.

    Returns:
        The start page.

    Raises:
        UserError: the charting libraries are not installed.
        RunError: a file cannot be written.
    """
    require()
    groups = groups_of(folder)
    progress = progress or Silent()
    progress.begin("pages", len(folder.submissions))
    with_samples: list[str] = []
    try:
        make_folder(site)
        with replacing_folder(site / "models") as models:
            for submission in folder.submissions:
                place = models / slug(submission.said.model, submission.digest)
                place.mkdir()
                if _write_model(folder, submission, groups, place, samples):
                    with_samples.append(submission.digest)
                progress.step()
    except OSError as error:
        raise RunError(f"cannot write {site}: {error.strerror}") from None
    progress.end()
    write_atomically(site / "leaderboard.json", feeds.json_of(groups))
    write_atomically(site / "leaderboard.csv", feeds.csv_of(groups))
    write_atomically(site / "feed.xml", atom.feed_of(folder))
    _write(site / compare.NAME, compare.page_of(groups, with_samples))
    _write(site / "index.html", index.page_of(folder, groups))
    return site / "index.html"


def _write_model(
    folder: Folder, submission: Submission, groups: list[Group], place: Path, samples: SamplesWriter | None
) -> bool:
    """Write a submission's pages; returns whether its samples are among them."""
    if submission.attestation:
        shutil.copyfile(submission.attestation[0], place / "attestation.json")
    verified = submission.verification is not None and not submission.refused
    shown = samples(submission, place / model.SAMPLES) if samples and verified else None
    _write(place / "index.html", model.page_of(folder, submission, groups, shown))
    return shown == ""


def _write(path: Path, parts: Iterable[str]) -> None:
    with replacing(path) as file:
        file.writelines(parts)
