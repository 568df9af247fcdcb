"""The builder: whole or not at all, complete concepts only, hostile words escaped."""

import importlib
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest

from vizdl import catalog, style
from vizdl.gallery import build as building
from vizdl.gallery import concept, styles
from vizdl.gallery.build import MARKER, BuildError, build
from vizdl.gallery.pages import PageError


class Links(HTMLParser):
    """Every address that a page names, and every id."""

    def __init__(self, text):
        super().__init__()
        self.found, self.ids, self.scripts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.found += [values[key] for key in ("href", "src", "poster", "data-src", "data-thumb",
                                               "data-plotly") if values.get(key)]  # fmt: skip
        self.ids += [values["id"]] if "id" in values else []
        if tag == "script":
            self.scripts.append(values.get("src"))


@pytest.fixture
def site(course, videos, tmp_path):
    report = build(tmp_path / "site", videos=videos)
    return report


def test_everything_a_page_names_is_there(site):
    for page in [*site.out.glob("*.html"), *site.out.glob("embed/*.html")]:
        links = Links(page.read_text("utf-8"))
        assert len(links.ids) == len(set(links.ids))
        assert all(links.scripts)  # no script within the page
        assert len(links.found) > 3
        for link in links.found:
            if link.startswith("data:"):
                continue
            assert "//" not in link, link  # nothing from elsewhere
            path, _, fragment = link.partition("#")
            target = page.parent / path if path else page
            assert target.is_file(), link
            if fragment and target.suffix == ".html":
                assert fragment in Links(target.read_text("utf-8")).ids, link


def test_report_and_progress(course, videos, tmp_path):
    told = []
    report = build(tmp_path / "site", videos=videos, progress=lambda *step: told.append(step))
    assert report.pages == ("halving",)
    assert report.without_video == ()
    assert [step[0] for step in told] == [0, 1, 2]
    assert {step[1] for step in told} == {2}
    assert str(report.out / "index.html") in str(report)


def test_without_videos_the_page_is_built_and_the_report_says_so(course, videos, tmp_path):
    report = build(tmp_path / "site")
    assert report.without_video == ("halving",)
    assert "without a video: halving" in str(report)
    page = (report.out / "halving.html").read_text("utf-8")
    assert "<video" not in page
    assert "vizdl render halving" in page
    half = tmp_path / "half"
    half.mkdir()
    shutil.copy(videos / "halving.mp4", half)  # neither captions nor storyboard
    assert build(tmp_path / "site", videos=half).without_video == ("halving",)


def test_hostile_words_are_text(site):
    for name in ("index.html", "halving.html", "embed/halving.html"):
        text = (site.out / name).read_text("utf-8")
        assert "<i>" not in text
        assert "<nothing>" not in text
        assert "<of decay>" not in text
    page = (site.out / "halving.html").read_text("utf-8")
    assert "Halving &lt;i&gt;&amp; &#34;more&#34;&lt;/i&gt;" in page
    assert "rate &lt;of decay&gt;" in page
    assert "And then &lt;nothing&gt; &amp; nothing else." in page


def test_the_page_says_what_was_measured(site):
    page = (site.out / "halving.html").read_text("utf-8")
    assert re.search(r"every step lowers it</th><td class=\"value\">−5\.96×10⁻⁸</td>", page)
    assert 'class="holds"' in page
    assert "a number from 0.1 to 0.9" in page
    assert "24 steps" in page


def test_the_numbers_can_be_downloaded(site):
    experiment = importlib.import_module("sample_course.experiments.halving")
    with np.load(site.out / "data" / "halving.npz") as data:
        assert np.array_equal(data["values"], experiment.run(experiment.Settings()).values)


def test_the_same_twice(course, videos, tmp_path):
    first, second = (build(tmp_path / name, videos=videos).out for name in ("a", "b"))
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    differing = [f for f in files if (first / f).read_bytes() != (second / f).read_bytes()]
    assert not differing


def test_a_build_that_fails_leaves_the_old_site(site, monkeypatch, tmp_path):
    (site.out / "mine.txt").write_text("still here", "utf-8")

    def gather(item):
        raise PageError("x.md, line 1: no")

    monkeypatch.setattr(concept, "gather", gather)
    with pytest.raises(PageError):
        build(site.out)
    assert (site.out / "mine.txt").read_text("utf-8") == "still here"
    assert (site.out / "index.html").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_site_that_cannot_be_moved_in_leaves_the_old_one(site, monkeypatch, tmp_path):
    before = sorted(site.out.rglob("*"))
    rename = building.Path.rename

    def fails(self, target):
        if target == site.out and self.name != "site":
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(building.Path, "rename", fails)
    with pytest.raises(OSError, match="disk full"):
        build(site.out)
    assert sorted(site.out.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_new_build_replaces_the_old_site(site, videos, tmp_path):
    (site.out / "old.txt").write_text("x", "utf-8")
    build(site.out, videos=videos)
    assert not (site.out / "old.txt").exists()
    assert (site.out / MARKER).is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_of_something_else_is_not_replaced(course, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work", "utf-8")
    with pytest.raises(BuildError, match="holds something else"):
        build(tmp_path)
    with pytest.raises(BuildError, match="is a file"):
        build(tmp_path / "thesis.tex")
    assert (tmp_path / "thesis.tex").read_text("utf-8") == "years of work"


def test_incomplete_concepts_are_left_out_and_named(course, monkeypatch, tmp_path):
    coming = catalog.Concept("coming", "Coming", 2, 1, "Soon.", package="sample_course")
    monkeypatch.setattr(catalog, "TABLE", (course, coming))
    report = build(tmp_path / "site")
    assert report.pages == ("halving",)
    assert "experiments.coming" in report.skipped["coming"]
    with pytest.raises(BuildError, match="coming cannot have a page: there is no experiment"):
        build(tmp_path / "site", names=["coming"])
    monkeypatch.setattr(catalog, "TABLE", (coming,))
    with pytest.raises(BuildError, match="no concept is complete"):
        build(tmp_path / "site")


def test_unknown_concepts_are_refused(course, tmp_path):
    with pytest.raises(catalog.UnknownConcept, match="did you mean halving"):
        build(tmp_path / "site", names=["halfing"])


def test_neighbours_follow_the_course(course, monkeypatch, tmp_path):
    again = catalog.Concept("halving2", "Again", 2, 1, "Once more.", package="sample_course")
    monkeypatch.setattr(catalog, "TABLE", (again, course))
    monkeypatch.setattr(concept, "missing", lambda item: None)
    gather = concept.gather

    def gather_twice(item):
        made = gather(course)
        return type(made)(**{**vars(made), "concept": item})

    monkeypatch.setattr(concept, "gather", gather_twice)
    out = build(tmp_path / "site").out
    assert 'class="next" href="halving2.html"' in (out / "halving.html").read_text("utf-8")
    assert 'class="previous" href="halving.html"' in (out / "halving2.html").read_text("utf-8")


def test_every_colour_comes_from_the_style():
    for name in ("site.css",):
        assert not re.search(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", styles.static(name))
    css = styles.css()
    for role in style.ROLES:
        assert f"--{role.name.replace('_', '-')}: {role.light};" in css
        assert f"--{role.name.replace('_', '-')}: {role.dark};" in css
    used = set(re.findall(r"var\(--([a-z-]+)\)", css))
    declared = set(re.findall(r"--([a-z-]+):", css))
    assert used - {"width"} <= declared  # an equation brings its width along
