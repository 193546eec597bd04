"""The checkpoint's format, held by fixed vectors: another program must come to the same bytes, hash and signature."""

from dataclasses import replace

import pytest

from core.ledger import checkpoints
from core.ledger.checkpoints import CheckpointBroken, Leaf

PRIVATE = bytes(range(32))
PUBLIC = bytes.fromhex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8")
LEAVES = [Leaf("case:1", 3, "a" * 64), Leaf("practice:0", 2, "b" * 64), Leaf("user:9", 1, "c" * 64)]
FIRST = (
    b'{"alg":"sha256+ed25519","at":"2026-03-01T09:30:00.000000Z","key":"56475aa75463474c","leaves":3,"number":1,'
    b'"prev":"0000000000000000000000000000000000000000000000000000000000000000",'
    b'"root":"c13380873dcd382789f94fbd19a73fec548e4db303eede999c29697a51523a8f","v":1}'
)
FIRST_HASH = "e0f6af3af56adc711d741b40b6c786d87d742db3e7d1530c22d26efd800aba39"
FIRST_SIGNATURE = (
    "d67a03831749e5287638f5f165e3c857399f8e19626602f5ca655a4d33aeaf9f"
    "35967721bb579abea94fc8186e1ded5bacfe5d45e98d1be7980a987c5657e709"
)


def first() -> checkpoints.Checkpoint:
    return checkpoints.Checkpoint(
        number=1,
        prev=checkpoints.NOTHING_BEFORE,
        at="2026-03-01T09:30:00.000000Z",
        leaves=3,
        root=checkpoints.root_of(LEAVES),
        key=checkpoints.key_id(PUBLIC),
    )


class TestTheFormat:
    def test_a_leaf_is_this(self):
        assert checkpoints.leaf_bytes(LEAVES[0]) == b'{"hash":"' + b"a" * 64 + b'","seq":3,"stream":"case:1","v":1}'

    def test_a_checkpoint_its_hash_and_its_signature_are_these(self):
        assert checkpoints.public_key_of(PRIVATE) == PUBLIC
        assert checkpoints.to_bytes(first()) == FIRST
        assert checkpoints.hash_of(FIRST) == FIRST_HASH
        assert checkpoints.sign(FIRST, PRIVATE) == FIRST_SIGNATURE

    def test_it_is_read_back_as_it_was(self):
        assert checkpoints.follow(FIRST, number=1, prev=checkpoints.NOTHING_BEFORE) == first()
        assert checkpoints.verify_leaves(first(), LEAVES)
        assert checkpoints.verify_signature(FIRST, FIRST_SIGNATURE, PUBLIC, number=1)

    def test_leaves_stand_in_the_order_of_their_streams_names(self):
        assert checkpoints.in_order(reversed(LEAVES)) == LEAVES


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"null",
            b"[]",
            b"{}",
            b"\xff",
            b"[" * 100_000,
            FIRST[:-1],
            FIRST + b" ",
            FIRST.replace(b'"v":1', b'"v":2'),
            FIRST.replace(b'"v":1', b'"v":true'),
            FIRST.replace(b"sha256+ed25519", b"sha256+rsa"),
            FIRST.replace(b'"number":1', b'"number":0'),
            FIRST.replace(b'"number":1', b'"number":"1"'),
            FIRST.replace(b'"leaves":3', b'"leaves":0'),
            FIRST.replace(b'"leaves":3', b'"leaves":true'),
            FIRST.replace(b"000000Z", b"Z"),
            FIRST.replace(b"56475aa75463474c", b"56475AA75463474C"),
            FIRST.replace(b"c13380", b"C13380"),
            FIRST.replace(b'"v":1', b'"v":1,"w":1'),
            FIRST.replace(b'"key":"56475aa75463474c",', b""),
        ],
        ids=range(20),
    )
    def test_what_is_not_exactly_a_checkpoint_is_refused_with_its_number(self, raw):
        with pytest.raises(CheckpointBroken) as broken:
            checkpoints.read(raw, 7)
        assert broken.value.number == 7

    def test_one_out_of_its_place_is_refused(self):
        with pytest.raises(CheckpointBroken, match="number 2 was due"):
            checkpoints.follow(FIRST, number=2, prev=checkpoints.NOTHING_BEFORE)
        with pytest.raises(CheckpointBroken, match="does not follow"):
            checkpoints.follow(FIRST, number=1, prev="1" * 64)

    @pytest.mark.parametrize(
        ("raw", "signature", "key"),
        [
            (FIRST.replace(b"09:30", b"09:31"), FIRST_SIGNATURE, PUBLIC),
            (FIRST, FIRST_SIGNATURE[:-1] + "a", PUBLIC),
            (FIRST, FIRST_SIGNATURE.upper(), PUBLIC),
            (FIRST, FIRST_SIGNATURE[:-2], PUBLIC),
            (FIRST, "", PUBLIC),
            (FIRST, FIRST_SIGNATURE, checkpoints.public_key_of(bytes(32))),
            (FIRST, FIRST_SIGNATURE, PUBLIC[:-1]),
        ],
        ids=["another time", "another signature", "capitals", "cut short", "nothing", "another key", "no key"],
    )
    def test_a_signature_that_is_not_by_the_key_over_these_bytes_is_refused(self, raw, signature, key):
        with pytest.raises(CheckpointBroken, match="signature"):
            checkpoints.verify_signature(raw, signature, key, number=1)

    @pytest.mark.parametrize(
        "leaves",
        [
            LEAVES[:2],
            [*LEAVES, Leaf("user:a", 1, "d" * 64)],
            [LEAVES[1], LEAVES[0], LEAVES[2]],
            [LEAVES[0], LEAVES[0], LEAVES[2]],
            [replace(LEAVES[0], seq=2), *LEAVES[1:]],
            [replace(LEAVES[0], hash="d" * 64), *LEAVES[1:]],
            [replace(LEAVES[0], stream="case:0"), *LEAVES[1:]],
            [replace(LEAVES[0], seq=2**63), *LEAVES[1:]],
            [Leaf(None, 3, "a" * 64), *LEAVES[1:]],  # type: ignore[arg-type]
        ],
        ids=[
            "one too few",
            "one too many",
            "turned round",
            "twice",
            "another number",
            "another hash",
            "another stream",
            "a huge number",
            "no name",
        ],
    )
    def test_leaves_other_than_those_it_signs_are_refused(self, leaves):
        with pytest.raises(CheckpointBroken):
            checkpoints.verify_leaves(first(), leaves)
