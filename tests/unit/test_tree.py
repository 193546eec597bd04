"""The Merkle tree: the published vectors of Certificate Transparency as literals, and every proof of small trees."""

import pytest

from core.ledger import tree

LEAVES = [
    bytes.fromhex(leaf)
    for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PROOF_OF_THE_SIXTH_OF_EIGHT = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_published_one(size):
    assert tree.root(LEAVES[:size]).hex() == ROOTS[size]


def test_a_proof_is_the_published_one():
    assert [step.hex() for step in tree.inclusion_proof(LEAVES, 5)] == PROOF_OF_THE_SIXTH_OF_EIGHT
    assert [step.hex() for step in tree.inclusion_proof(LEAVES[:5], 4)] == [ROOTS[4]]


def test_every_leaf_of_every_small_tree_is_shown_by_its_proof_and_by_no_other_place_or_leaf():
    for size in range(1, 18):
        leaves = [bytes([number]) for number in range(size)]
        root = tree.root(leaves)
        for index in range(size):
            proof = tree.inclusion_proof(leaves, index)
            assert tree.verify_inclusion(leaves[index], index=index, size=size, proof=proof, root=root)
            for other in range(size):
                with pytest.raises(tree.NotIncluded):
                    tree.verify_inclusion(leaves[index] + b"x", index=index, size=size, proof=proof, root=root)
                if other != index:
                    with pytest.raises(tree.NotIncluded):
                        tree.verify_inclusion(leaves[index], index=other, size=size, proof=proof, root=root)


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (5, 8, PROOF_OF_THE_SIXTH_OF_EIGHT[:-1]),
        (5, 8, [*PROOF_OF_THE_SIXTH_OF_EIGHT, ROOTS[1]]),
        (5, 8, PROOF_OF_THE_SIXTH_OF_EIGHT[::-1]),
        (5, 8, [PROOF_OF_THE_SIXTH_OF_EIGHT[0], "ab", PROOF_OF_THE_SIXTH_OF_EIGHT[2]]),
        (5, 5, PROOF_OF_THE_SIXTH_OF_EIGHT),
        (-1, 8, PROOF_OF_THE_SIXTH_OF_EIGHT),
        (5, 0, []),
    ],
    ids=["short", "long", "turned round", "no hash", "beyond the end", "before the start", "an empty tree"],
)
def test_a_spoilt_proof_is_refused(index, size, proof):
    steps = [bytes.fromhex(step) for step in proof]
    with pytest.raises(tree.NotIncluded):
        tree.verify_inclusion(LEAVES[5], index=index, size=size, proof=steps, root=bytes.fromhex(ROOTS[8]))


def test_a_node_cannot_be_passed_off_as_a_leaf():
    inner = tree.leaf_hash(LEAVES[0]) + tree.leaf_hash(LEAVES[1])
    assert tree.root([inner]) != tree.root(LEAVES[:2])


def test_there_is_no_proof_for_a_leaf_that_is_not_there():
    with pytest.raises(IndexError):
        tree.inclusion_proof(LEAVES, 8)
