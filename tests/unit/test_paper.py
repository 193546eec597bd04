"""What turns a page into a PDF: it fetches nothing, keeps long words on the page, and says where it is missing."""

import io
import socket
from typing import Any

import pypdf
import pytest

from core import paper

PAGE = '<!doctype html><html lang="en"><head><title>A title</title></head><body>{}</body></html>'


def read(made: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made))


@pytest.mark.usefixtures("draws_pdfs")
class TestAPdf:
    def test_has_its_title_its_language_and_tags(self) -> None:
        made = read(paper.pdf_of(PAGE.format("<h1>Heading</h1><p>Words.</p>"), css=""))
        assert made.metadata is not None
        assert made.metadata.title == "A title"
        catalog: Any = made.trailer["/Root"]
        assert (catalog["/Lang"], catalog["/MarkInfo"]["/Marked"]) == ("en", True)
        assert b"pdfuaid" in catalog["/Metadata"].get_object().get_data()

    def test_is_the_same_for_the_same_page(self) -> None:
        page = PAGE.format("<p>Words.</p>")
        assert paper.pdf_of(page, css="p { margin: 0 }") == paper.pdf_of(page, css="p { margin: 0 }")

    def test_keeps_a_word_without_an_end_on_the_page(self) -> None:
        css = "@page { size: 60mm 60mm; margin: 10mm }"
        word = "a&amp;" * 60
        assert read(paper.pdf_of(PAGE.format(f"<p>{word}</p>"), css=css)).pages[0].extract_text().count("\n") > 2

    @pytest.mark.parametrize("address", ["http://elsewhere.example/a.png", "file:///etc/hostname", "data:image/png,x"])
    @pytest.mark.parametrize("where", ["image", "style", "link"])
    def test_is_not_made_of_a_page_that_asks_for_a_file(
        self, address: str, where: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket, "socket", None)
        image = f'<img src="{address}" alt="x">' if where == "image" else ""
        link = f'<link rel="stylesheet" href="{address}">' if where == "link" else ""
        css = f"p {{ background: url({address}) }}" if where == "style" else ""
        with pytest.raises(RuntimeError, match="asks for a file"):
            paper.pdf_of(PAGE.format(f"{link}<p>Words.</p>{image}"), css=css)


@pytest.mark.parametrize(
    "problem", [OSError("cannot load library 'libpango-1.0-0'"), ModuleNotFoundError("weasyprint")]
)
def test_where_it_cannot_be_loaded_it_says_what_to_install(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> Any:
        raise problem

    monkeypatch.setattr(paper, "import_module", missing)
    with pytest.raises(paper.NoPaper) as refused:
        paper.pdf_of(PAGE, css="")
    assert all(package in refused.value.message for package in paper.PACKAGES)
    assert "print the page from the browser" in refused.value.message
