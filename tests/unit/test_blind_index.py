"""Words of a name as they are compared, and the digests that stand for them."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from core.blind_index import digest_of, digests_of, words_of

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ada Example", ["ada", "example"]),
        ("  ADA\u00a0 example ", ["ada", "example"]),
        ("Zoë O’Brien-Ruiz", ["zoe", "obrien", "ruiz"]),
        ("zoe\u0308 o'brien ruiz", ["zoe", "obrien", "ruiz"]),
        ("Strauß, Ana María (née Ada)", ["strauss", "ana", "maria", "nee", "ada"]),
        ("Ada Ada", ["ada"]),
        ("李 小龍", ["李", "小龍"]),
        ("– ' .", []),
        ("", []),
    ],
)
def test_words_are_compared_without_capitals_accents_and_punctuation(name, words):
    assert words_of(name) == words


def test_a_digest_is_another_one_in_another_practice_and_under_another_key(settings):
    settings.FIELD_KEYS = [NEW, OLD]
    here, there = digest_of("ada", "practice-1"), digest_of("ada", "practice-2")
    assert here != there
    assert digests_of("ada", "practice-1")[0] == here
    settings.FIELD_KEYS = [OLD]
    assert digests_of("ada", "practice-1") == [digest_of("ada", "practice-1")]
    assert digest_of("ada", "practice-1") != here
    settings.FIELD_KEYS = [NEW, OLD]
    settings.FIELD_KEYS = [NEW, OLD]
    assert len(set(digests_of("ada", "practice-1"))) == 2


def test_without_a_key_there_is_no_digest(settings):
    settings.FIELD_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS is empty"):
        digest_of("ada", "practice-1")
