"""What names a repository of the Hub, and what names a folder."""

import pytest

from tarot_bench.hub import is_repo


@pytest.mark.parametrize("text", ["org/name", "org-1/the.name_2"])
def test_two_words_with_one_slash_name_a_repository(text):
    assert is_repo(text)


@pytest.mark.parametrize("text", ["name", "./org/name", "/org/name", "~/name", "a/b/c", "org/", "../name", ""])
def test_anything_else_names_a_path(text):
    assert not is_repo(text)


def test_a_folder_that_exists_comes_before_the_hub(tmp_path, monkeypatch):
    (tmp_path / "org/name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert not is_repo("org/name")
    assert is_repo("org/other")
