"""Dates as people type them on a page in Spanish: they mean what the same words mean in English, and read back so."""

from datetime import date

import pytest
from django.utils import translation

from screening.forms.dates import read_date
from screening.selectors.answer_words import date_words, stretch_words

ON = date(2026, 11, 28)
SAID = [
    ("primavera de 2024", "spring 2024"),
    ("Otoño 2021", "autumn 2021"),
    ("mayo de 2021", "May 2021"),
    ("sept. 2021", "Sept 2021"),
    ("mar 2021", "March 2021"),
    ("el 3 de mayo del 2021", "3 May 2021"),
    ("primero de mayo de 2021", "1 May 2021"),
    ("en el año 2019", "2019"),
    ("en el año ２０１９", "2019"),
    ("hace ３ meses", "3 months ago"),
    ("hacia 2019", "about 2019"),
    ("más o menos en mayo de 2021", "about May 2021"),
    ("mayo o junio de 2021", "May or June 2021"),
    ("entre 2018 y 2020", "between 2018 and 2020"),
    ("hace tres meses", "three months ago"),
    ("hace unos tres meses", "about three months ago"),
    ("hace dos o tres años", "two or three years ago"),
    ("hace unos meses", "a few months ago"),
    ("hace un par de años", "a couple of years ago"),
    ("hace medio año", "half a year ago"),
    ("hace año y medio", "a year and a half ago"),
    ("hace dos años y medio", "two and a half years ago"),
    ("hace un año", "a year ago"),
    ("el año pasado", "last year"),
    ("mayo del año pasado", "May last year"),
    ("primavera del año pasado", "spring last year"),
    ("el año antepasado", "the year before last"),
    ("el verano pasado", "last summer"),
    ("este mes", "this month"),
    ("la semana pasada", "last week"),
    ("anteayer", "the day before yesterday"),
    ("a principios de 2020", "early 2020"),
    ("a mediados del año pasado", "mid last year"),
    ("a finales de los noventa", "late nineties"),
    ("los años 90", "the 90s"),
    ("diciembre o enero de 2021", "Dec or Jan 2021"),
    ("entre el 20 de diciembre y el 5 de enero de 2021", "between 20 Dec and 5 Jan 2021"),
    ("entre otoño y primavera de 2021", "between autumn and spring 2021"),
    ("verano o invierno de 2020", "summer or winter 2020"),
    ("21 de junio", "21 June"),
    ("junio 5", "June 5"),
    ("el martes pasado", "last Tuesday"),
    ("el sábado pasado", "last Saturday"),
    ("el verano antepasado", "the summer before last"),
    ("el fin de semana pasado", "last weekend"),
    ("el mes antepasado", "the month before last"),
    ("la Navidad pasada", "last Christmas"),
    ("las navidades pasadas", "last Christmas"),
    ("Navidad de 2023", "Christmas 2023"),
    ("por Navidad", "around Christmas"),
    ("dos años atrás", "two years ago"),
    ("hace dos años atrás", "two years ago"),
    ("hace algunos meses", "a few months ago"),
    ("hace 2 o 3 semanas", "2 or 3 weeks ago"),
    ("1º de mayo de 2020", "1st May 2020"),
    ("1.º de mayo de 2020", "1st May 2020"),
    ("1ro de mayo de 2020", "1st May 2020"),
    ("hacia marzo", "around March"),
    ("a finales de mayo", "end of May"),
]
CODED = ["2021", "2021-05", "2021-08-03", "2021-spring", "2021-winter", "2021-05/2021-07", "2019/2021"]


@pytest.mark.parametrize(("spanish", "english"), SAID)
def test_they_are_read_as_the_same_words_in_english(spanish: str, english: str) -> None:
    meant = read_date(english, ON)
    with translation.override("es"):
        assert read_date(spanish, ON) == meant
        assert read_date(english, ON) == meant


@pytest.mark.parametrize(
    "said", ["el lunes", "el martes antepasado", "hace varios años", "hace mucho", "desde 2019", "algún día", "y"]
)
def test_what_could_be_any_day_is_asked_about_in_spanish(said: str) -> None:
    with translation.override("es"), pytest.raises(ValueError, match="no se entendió como fecha"):
        read_date(said, ON)


@pytest.mark.parametrize(("said", "cure"), [("3/5/2021", "día y mes"), ("no me acuerdo", "«No se sabe»")])
def test_what_cannot_be_told_apart_or_is_not_known_has_its_own_cure_in_spanish(said: str, cure: str) -> None:
    with translation.override("es"), pytest.raises(ValueError, match=cure):
        read_date(said, ON)


@pytest.mark.parametrize("said", ["junio 21", "junio de 21", "en junio 21"])
def test_figures_after_a_month_may_be_a_day_or_a_year(said: str) -> None:
    with translation.override("es"), pytest.raises(ValueError, match=said) as refused:
        read_date(said, ON)
    assert "21 de junio de 2026" in str(refused.value)
    assert "junio de 2021" in str(refused.value)


def test_an_age_is_no_date() -> None:
    with translation.override("es"), pytest.raises(ValueError, match="una edad no se convierte en fecha"):
        read_date("a los 15 años", ON)


@pytest.mark.parametrize("coded", CODED)
def test_a_date_that_is_shown_can_be_sent_again_as_it_stands(coded: str) -> None:
    with translation.override("es"):
        assert read_date(date_words(coded), ON) == coded


def test_a_page_in_english_reads_no_spanish() -> None:
    with pytest.raises(ValueError, match="was not understood"):
        read_date("primavera de 2024", ON)


def test_how_a_date_is_read_is_said_in_spanish() -> None:
    with translation.override("es"):
        said = [stretch_words(coded) for coded in ("2021", "2021-05", "2021-05-03", "2021-spring", "2021-winter")]
    assert said == [
        "algún día de 2021",
        "algún día de mayo de 2021",
        "3 de mayo de 2021",
        "entre marzo y mayo de 2021",
        "cualquiera de los dos inviernos de 2021, entre diciembre de 2020 y febrero de 2022",
    ]
