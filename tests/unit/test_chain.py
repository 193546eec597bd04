"""The ledger's format, held by fixed vectors: whoever changes a byte of it turns these red."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.ledger import chain

STREAM = "case:44444444-4444-4444-8444-444444444444"
FIRST_HASH = "2727272ef86f53e96a5e2e2ac142446e2e3f1ef6a95be0da54edfaf03b43ac6f"
SECOND_HASH = "ffc5a60fb6a81ce6f8d1fbded1012bb3c72693cb813c8b502ff4f2eacfc86681"
COMMIT = "f774dab4c1a88ab8a5b054c7417960d3282bb53f5961fec66578f4e18c68c915"

FIRST = chain.Link(
    stream=STREAM,
    seq=1,
    prev="0" * 64,
    at="2026-03-01T09:30:00.000000Z",
    actor="11111111-1111-4111-8111-111111111111",
    role="therapist",
    practice="33333333-3333-4333-8333-333333333333",
    action="screening.submitted",
    object="screening:22222222-2222-4222-8222-222222222222",
    commit=COMMIT,
)
SECOND = chain.Link(
    stream=STREAM,
    seq=2,
    prev=FIRST_HASH,
    at="2026-03-01T09:30:00.000001Z",
    actor=None,
    role=None,
    practice=None,
    action="session.failed",
    object="user:5",
    commit="a" * 64,
)
FIRST_BYTES = (
    b'{"action":"screening.submitted","actor":"11111111-1111-4111-8111-111111111111","alg":"sha256",'
    b'"at":"2026-03-01T09:30:00.000000Z",'
    b'"commit":"f774dab4c1a88ab8a5b054c7417960d3282bb53f5961fec66578f4e18c68c915",'
    b'"object":"screening:22222222-2222-4222-8222-222222222222",'
    b'"practice":"33333333-3333-4333-8333-333333333333",'
    b'"prev":"0000000000000000000000000000000000000000000000000000000000000000",'
    b'"role":"therapist","seq":1,"stream":"case:44444444-4444-4444-8444-444444444444","v":1}'
)
SECOND_BYTES = (
    b'{"action":"session.failed","actor":null,"alg":"sha256","at":"2026-03-01T09:30:00.000001Z",'
    b'"commit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",'
    b'"object":"user:5","practice":null,'
    b'"prev":"2727272ef86f53e96a5e2e2ac142446e2e3f1ef6a95be0da54edfaf03b43ac6f",'
    b'"role":null,"seq":2,"stream":"case:44444444-4444-4444-8444-444444444444","v":1}'
)


def test_an_event_is_written_as_these_bytes():
    assert chain.to_bytes(FIRST) == FIRST_BYTES
    assert chain.to_bytes(SECOND) == SECOND_BYTES


def test_an_event_hashes_to_this_value():
    assert chain.hash_of(FIRST_BYTES) == FIRST_HASH
    assert chain.hash_of(SECOND_BYTES) == SECOND_HASH


def test_the_hash_is_separated_from_a_bare_hash_of_the_same_bytes():
    assert chain.hash_of(FIRST_BYTES) != hashlib.sha256(FIRST_BYTES).hexdigest()


def test_a_payload_is_committed_to_by_this_value():
    assert chain.commitment(bytes(range(32)), b'{"data":{"answer":"yes"},"seals":[]}') == COMMIT


def test_the_same_payload_under_another_nonce_is_another_commitment():
    payload = b'{"data":{"answer":"yes"},"seals":[]}'
    assert chain.commitment(bytes(32), payload) != COMMIT


def test_a_short_nonce_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        chain.commitment(b"short", b"{}")


def test_an_event_is_read_back_from_its_bytes():
    assert chain.read(FIRST_BYTES, 1) == FIRST
    assert chain.read(SECOND_BYTES, 2) == SECOND


def test_a_whole_chain_verifies():
    assert chain.verify([FIRST_BYTES, SECOND_BYTES], stream=STREAM) is True


def test_an_empty_chain_verifies_and_has_no_head():
    assert chain.verify([], stream=STREAM, head=chain.START) is True


def test_a_chain_that_ends_at_its_head_verifies():
    assert chain.verify([FIRST_BYTES, SECOND_BYTES], stream=STREAM, head=chain.Head(2, SECOND_HASH)) is True


def test_a_tail_that_was_cut_off_is_noticed_at_the_head():
    with pytest.raises(chain.ChainBroken, match="ends at 1; its head says 2") as broken:
        chain.verify([FIRST_BYTES], stream=STREAM, head=chain.Head(2, SECOND_HASH))
    assert broken.value.position == 1


def test_a_chain_in_another_order_is_refused_at_the_first_place():
    with pytest.raises(chain.ChainBroken, match="number 1 was due") as broken:
        chain.verify([SECOND_BYTES, FIRST_BYTES], stream=STREAM)
    assert broken.value.position == 1


def test_a_chain_of_another_stream_is_refused():
    with pytest.raises(chain.ChainBroken, match="not for case:other"):
        chain.verify([FIRST_BYTES], stream="case:other")


@pytest.mark.parametrize(
    "change",
    [
        {"actor": None},
        {"at": "2026-03-01T09:30:00.000002Z"},
        {"action": "x.y"},
        {"commit": "b" * 64},
        {"role": "auditor"},
    ],
)
def test_an_event_rewritten_breaks_the_chain_at_the_next(change):
    altered = chain.to_bytes(replace(FIRST, **change))
    with pytest.raises(chain.ChainBroken, match="previous hash differs") as broken:
        chain.verify([altered, SECOND_BYTES], stream=STREAM)
    assert broken.value.position == 2


@pytest.mark.parametrize("position", range(len(SECOND_BYTES)))
def test_no_byte_of_the_last_event_can_change_under_its_head(position):
    flipped = bytearray(SECOND_BYTES)
    flipped[position] ^= 1
    with pytest.raises(chain.ChainBroken):
        chain.verify([FIRST_BYTES, bytes(flipped)], stream=STREAM, head=chain.Head(2, SECOND_HASH))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"{" * 5_000,
        b'{"seq":1}',
        FIRST_BYTES + b" ",
        FIRST_BYTES.replace(b'"v":1', b'"v":2'),
        FIRST_BYTES.replace(b'"v":1', b'"v":true'),
        FIRST_BYTES.replace(b"sha256", b"sha255"),
        FIRST_BYTES.replace(b'"seq":1', b'"seq":0'),
        FIRST_BYTES.replace(b'"seq":1', b'"seq":true'),
        FIRST_BYTES.replace(b'"seq":1', b'"seq":"1"'),
        FIRST_BYTES.replace(b'"seq":1', b'"seq":1,"seq":1'),
        FIRST_BYTES.replace(b'"role":"therapist"', b'"role":["therapist"]'),
        FIRST_BYTES.replace(b'"action":"screening.submitted"', b'"action":null'),
        FIRST_BYTES.replace(b"000000Z", b"Z"),
        FIRST_BYTES.replace(COMMIT.encode(), COMMIT.upper().encode()),
    ],
    ids=range(18),
)
def test_what_is_not_exactly_an_event_is_refused_with_its_position(raw):
    with pytest.raises(chain.ChainBroken) as broken:
        chain.read(raw, 7)
    assert broken.value.position == 7


def test_a_time_is_written_as_utc_with_microseconds():
    in_berlin = datetime(2026, 3, 1, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    assert chain.timestamp(in_berlin) == "2026-03-01T09:30:00.000000Z"
    assert chain.timestamp(datetime(2026, 3, 1, 9, 30, 0, 7, tzinfo=UTC)) == "2026-03-01T09:30:00.000007Z"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        chain.timestamp(datetime(2026, 3, 1, 9, 30))
