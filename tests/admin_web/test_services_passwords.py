"""A password is long and not made of common or the school's own words; everything else is allowed."""

import pytest

from admin_web.errors import Invalid
from admin_web.services.passwords import hash_password, require_strong, verify_password

OWN = ("Ashgrove Primary", "robins", "Ruth Ashcombe")


@pytest.mark.parametrize(
    "password",
    [
        "four unrelated otters juggle turnips",
        "kumquat-zeppelin-fjord",
        "ÄäÖöÜüßßéèêñçøåæ",
        "correct horse battery staple",
        "vK9$mQ2xR7!pL4wZ",
        "x9Kd" * 4 + "mBvQ",
        "      leading and trailing spaces     ",
        "z" * 20 + "kumquat fjord",
        "密码学校键盘电话锁柜门窗桌椅灯",
        "Ashcombe kumquat zeppelin",
        "739051862473950",
    ],
)
def test_long_and_unrelated_is_fine(password: str) -> None:
    require_strong(password, OWN)


@pytest.mark.parametrize(
    "password",
    [
        "kumquat fjord!",
        "k" * 129,
        "passwordpassword",
        "P4ssw0rdP4ssw0rd!",
        "qwertyuiop12345",
        "123456789012345",
        "aaaaaaaaaaaaaaaaaaaa",
        "letmeinletmeinletmein",
        "Monday-Tuesday-2026",
        "ashgroveashgrove1",
        "Robins!Robins!Robins!",
        "RuthAshcombe2026!",
        "headteacher-school-phone",
        "4shgr0ve-Pr1mary-2026",
        "abcdefghijklmnopq",
        "987654321987654321",
        "Password-1984-06-23",
        "kumquat\x00zeppelin fjord",
        "kumquat\ud800zeppelin fjord",
    ],
)
def test_short_common_or_own_words_are_refused_with_advice(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_strong(password, OWN)
    assert refused.value.field == "password"
    assert refused.value.what_to_do
    assert password not in str(refused.value)


def test_a_hash_is_argon2id_and_verifies_only_its_password() -> None:
    kept = hash_password("four unrelated otters juggle turnips", OWN)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert len(kept) <= 200
    assert verify_password(kept, "four unrelated otters juggle turnips")
    assert not verify_password(kept, "four unrelated otters juggle turnip")
    assert not verify_password(None, "nobody has this password, it only takes as long")
    assert not verify_password("not a hash", "x")
