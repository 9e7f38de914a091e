"""The posts a report was made of, as staff see them: where, edited or gone, and by whom hidden."""

from typing import Any

from cryptography.fernet import Fernet

from services.intake.accepting.new_report import Identity
from shared.lifecycle.channels import Channel
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import IdentityCipher
from tests.routing.country import Country

ADMIN, PUSAT, UNIT = "admin.kab.bandung", "admin.pusat", "petugas.pupr.kab.bandung"


async def posted(country: Country, **changes: Any) -> int:
    """A report made of a thread of two posts."""
    author = Identity(name="@wargabaik")
    number = await country.report(channel=Channel.X, identity=author, **changes)
    for position in (1, 2):
        await country.rows(
            "INSERT INTO intake.social_post (network, post_id, number, position, url)"
            " VALUES ('x', :id, :number, :position, :url)",
            id=f"{number}{position}",
            number=number,
            position=position,
            url=f"https://x.com/i/status/{number}{position}",
        )
    return number


async def test_a_thread_is_shown_in_order_with_what_was_edited(country: Country) -> None:
    number = await posted(country)
    key = await country.one("SELECT holder_key FROM intake.submission WHERE number = :n", n=number)
    own = HolderCipher(country.app.state.identity, key)
    await country.rows(
        "UPDATE intake.social_post SET edited_at = now(), words_before = :before, words_now = :now"
        " WHERE post_id = :id",
        before=own.encrypt("Lampu mati"),
        now=own.encrypt("Lampu menyala"),
        id=f"{number}2",
    )
    seen = await country.seen(ADMIN, number)
    assert seen["reporter"]["name"] == "@wargabaik"
    first, second = seen["posts"]
    assert first["url"] == f"https://x.com/i/status/{number}1" and first["edited_at"] is None
    assert (second["words_before"], second["words_now"]) == ("Lampu mati", "Lampu menyala")


async def test_what_no_key_opens_any_more_hides_nothing_else(country: Country) -> None:
    number = await posted(country)
    elsewhere, wrapped = HolderCipher.new(IdentityCipher(Fernet.generate_key().decode()))
    await country.rows(
        "UPDATE intake.submission SET holder_key = :key WHERE number = :n", key=wrapped, n=number
    )
    await country.rows(
        "UPDATE intake.social_post SET edited_at = now(), words_before = :before"
        " WHERE number = :n AND position = 1",
        before=elsewhere.encrypt("Lampu mati"),
        n=number,
    )
    seen = await country.seen(ADMIN, number)
    assert seen["reporter"]["name"] is None and seen["reporter"]["hidden"] is None
    first, second = seen["posts"]
    assert first["edited_at"] and first["words_before"] is None
    assert second["url"] == f"https://x.com/i/status/{number}2"


async def test_a_post_that_is_gone_says_since_when(country: Country) -> None:
    number = await posted(country)
    await country.rows(
        "UPDATE intake.social_post SET gone_at = now(), gone_because = 'deleted'"
        " WHERE number = :n AND position = 1",
        n=number,
    )
    first, second = (await country.seen(ADMIN, number))["posts"]
    assert first["gone_at"] and first["gone_label"] == "tidak ada lagi di X"
    assert second["gone_at"] is None and second["gone_label"] is None


async def test_who_is_not_told_the_reporter_is_told_no_post(country: Country) -> None:
    anonymous = await posted(country, anonymous=True)
    for who in (ADMIN, PUSAT):
        assert (await country.seen(who, anonymous))["posts"] == []
    handed = await posted(country)
    await country.done(ADMIN, handed, "verify", country.verification())
    copies = {"agency_ids": [country.agencies["kemensos"]]}
    await country.done(ADMIN, handed, "copies", copies)
    assert len((await country.seen(UNIT, handed))["posts"]) == 2
    assert (await country.seen("admin.kemensos", handed))["posts"] == []
