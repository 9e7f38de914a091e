"""What is easy to guess is no password, here as elsewhere in the world."""

import asyncio
import secrets
import time

import pytest

from shared.http.password_strength import check_new_password, is_hard_to_guess
from shared.http.problems import Problem

ABOUT = ("Siti Rahmawati", "+62 812-3456-7890", "siti.rahma@contoh.go.id", "3204051708900001")


@pytest.mark.parametrize(
    "password",
    [
        *("1234567890", "0987654321", "1q2w3e4r5t", "qwertyuiop", "password123!", "P@ssw0rd2026"),
        *("aaaaaaaaaaaa", "ababababab", "\u3164" * 12, "17081945aa", "agustus2026"),
        *("indonesia123", "Indonesia_2026!", "indonesiaraya", "merdeka1945", "merahputih17"),
        *("bismillah123", "Bismillah2026!", "alhamdulillah1", "insyaallah99", "tuhanyesus1"),
        *("sayangku2024", "s4y4ngku123", "akucintakamu99", "cintaku selamanya", "cinta.ku.123"),
        *("persib1933", "bobotoh1933", "jakarta2026", "Jakarta#2026", "rahasia123456"),
        *("laporlapor1", "adminkominfo1", "petugas12345", "sp4nlapor2026", "gantisandi1"),
    ],
)
async def test_what_many_choose_is_refused(password: str) -> None:
    assert not await is_hard_to_guess(password)


@pytest.mark.parametrize(
    "password",
    [
        *("sitirahmawati", "siti.rahmawati1", "Rahmawati1990", "rahmawatisiti", "itawamhar77"),
        *("081234567890", "6281234567890", "81234567890", "0812 3456 7890", "3204051708900001"),
        *("siti.rahma1", "siti.rahma@contoh.go.id", "contoh.go.id1"),
    ],
)
async def test_what_is_known_of_the_person_is_refused_for_them(password: str) -> None:
    assert not await is_hard_to_guess(password, *ABOUT)
    with pytest.raises(Problem) as refused:
        await check_new_password(password, *ABOUT)
    assert refused.value.errors[0][:2] == ("password", "password_guessable")
    body = refused.value.body("id")["errors"][0]
    assert "tiga atau empat kata" in body["message"]
    assert password not in str(body)


@pytest.mark.parametrize(
    "password",
    [
        *("gajah ungu melompat", "sepeda biru 9", "kereta-hijau-tujuh", "xK9#mQ2$vL"),
        *("warung pojok tutup sore", "tiga ekor bebek menari", "kucing lompat pagar hijau"),
        "x9" * 3 + "gajah ungu melompat" * 9,
    ],
)
async def test_words_that_do_not_belong_together_and_chance_are_taken(password: str) -> None:
    assert await is_hard_to_guess(password, *ABOUT)


async def test_what_one_person_is_called_another_may_use_also_at_the_same_time() -> None:
    chosen = "bratasenawangsa"
    answers = await asyncio.gather(
        *(is_hard_to_guess(chosen, "Bratasena Wangsa" if n % 2 else "Siti") for n in range(20))
    )
    assert answers == [n % 2 == 0 for n in range(20)]


async def test_passwords_made_by_us_are_taken() -> None:
    for _ in range(10):
        assert await is_hard_to_guess(secrets.token_urlsafe(12))


async def test_a_password_made_to_take_long_does_not_and_holds_up_nothing_else() -> None:
    beats = 0

    async def beating() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    heart = asyncio.create_task(beating())
    started = time.process_time()
    for one in ("a1!" * 66, "@4a3e1" * 33, "0" * 199 + "x"):
        await is_hard_to_guess(one)
    heart.cancel()
    assert time.process_time() - started < 20
    assert beats > 0
