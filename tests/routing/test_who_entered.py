"""Who entered an anonymous report, and when any came, is pusat's to know; and who may do nothing
for a report of an agency below reads it without who reported."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.routing.queue import rows
from services.routing.reading import report
from shared.attachments import StoredAttachment
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import Actor, ActorKind, Role
from tests.routing.country import Country

ADMIN, UNIT, PUSAT = "admin.kab.bandung", "petugas.pupr.kab.bandung", "admin.pusat"


async def entered(country: Country, **values: Any) -> int:
    """By a member of staff at a counter, of whom there is one such."""
    maker = country.staff["petugas.kab.bandung"]
    actor = Actor(
        kind=ActorKind.STAFF, staff_id=maker.id, role=Role(maker.role), agency_id=maker.agency_id
    )
    return await country.report(
        channel=Channel.FACE_TO_FACE, actor=actor, made_by=maker.id, **values
    )


@pytest.mark.parametrize("anonymous", [True, False])
@pytest.mark.parametrize("who", [ADMIN, "koordinator.jabar", "petugas.kab.bandung"])
async def test_the_handling_agency_learns_the_second_of_no_report_and_the_maker_of_none_anonymous(
    country: Country, who: str, anonymous: bool
) -> None:
    """Of an anonymous one it would be told by those that came just before and after it."""
    number = await entered(country, anonymous=anonymous)
    await country.rows(
        "INSERT INTO routing.access_log (number, kind, staff_id, at)"
        " SELECT number, 'access_code_given', :maker, submitted_at FROM lifecycle.report"
        " WHERE number = :n",
        n=number,
        maker=country.staff["petugas.kab.bandung"].id,
    )
    name = await country.one(
        "SELECT name FROM routing.staff WHERE username = 'petugas.kab.bandung'"
    )
    seen = await country.seen(who, number)
    [line] = [entry for entry in seen["history"] if entry["action"] == "submit"]
    by = (line["actor"]["kind"], line["actor"]["staff"] is None, line["actor"]["agency"] is None)
    assert by == (("reporter", True, True) if anonymous else ("staff", False, False))
    times = [seen["submitted_at"], seen["countdown"]["due_at"]]
    times += [line["at"] for line in seen["history"]]
    times += [clock["due_at"] for clock in seen["clocks"]]
    assert all(shown["to_the_hour"] for shown in (*seen["clocks"], *seen["history"]))
    assert (name in str(seen["history"])) is not anonymous
    given = "access_code_given" in {line["action"] for line in seen["history"]}
    assert given is not anonymous
    scope = "below" if who == "koordinator.jabar" else "own"
    rows = (await country.get(who, "/queue", tab="unverified", scope=scope, q=str(number))).json()
    if rows["items"]:
        times += [rows["items"][0]["submitted_at"], rows["items"][0]["countdown"]["due_at"]]
    for at in times:
        assert datetime.fromisoformat(at).minute == datetime.fromisoformat(at).second == 0


@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_report_turns_a_day_older_with_the_hour(
    country: Country, monkeypatch: pytest.MonkeyPatch, anonymous: bool
) -> None:
    """Else whoever looks again and again on the next day learns the minute in which it came."""
    number = await entered(country, anonymous=anonymous)
    times = "SELECT submitted_at, date_trunc('hour', submitted_at) FROM lifecycle.report"
    [[stored, hour]] = await country.rows(f"{times} WHERE number = :n", n=number)
    moment = stored + timedelta(days=1) - (stored - hour) / 2
    for module in (rows, report):
        monkeypatch.setattr(module, "now", lambda: moment)
    for who, days in ((ADMIN, 1), (PUSAT, 0)):
        asked = {"tab": "unverified", "q": str(number), "scope": "below"}
        [row] = (await country.get(who, "/queue", **asked)).json()["items"]
        seen = await country.seen(who, number)
        assert (row["age_days"], seen["age_days"]) == (days, days), who


@pytest.mark.parametrize("anonymous", [True, False])
async def test_what_is_filtered_by_is_the_hour_too(country: Country, anonymous: bool) -> None:
    number = await entered(country, anonymous=anonymous)
    times = "SELECT submitted_at, due_at FROM lifecycle.report WHERE number = :n"
    [[stored, due]] = await country.rows(times, n=number)
    hour, due_hour = (at.replace(minute=0, second=0, microsecond=0) for at in (stored, due))

    async def found(who: str = ADMIN, **filters: Any) -> bool:
        asked = {"tab": "unverified", "scope": "below", "q": str(number)}
        return bool((await country.get(who, "/queue", **asked, **filters)).json()["items"])

    assert await found(submitted_from=hour.isoformat())
    if stored != hour:
        assert not await found(submitted_from=stored.isoformat())
        assert await found(submitted_to=stored.isoformat())
    if due != due_hour:
        assert await found(due_before=due.isoformat())
        # Pusat filters by what it reads.
        assert await found(PUSAT, due_before=due.isoformat()) is anonymous
    assert not await found(due_before=due_hour.isoformat())
    if stored != hour and not anonymous:
        assert await found(PUSAT, submitted_from=stored.isoformat())


async def test_pusat_reads_who_entered_it_and_a_report_with_a_name_tells_it_to_all(
    country: Country,
) -> None:
    for number, who in (
        (await entered(country, anonymous=True), PUSAT),
        (await entered(country), ADMIN),
    ):
        seen = await country.seen(who, number)
        [line] = [entry for entry in seen["history"] if entry["action"] == "submit"]
        assert line["actor"]["staff"]["id"] == country.staff["petugas.kab.bandung"].id
        assert line["at"] == seen["submitted_at"]


async def test_uses_of_a_code_are_for_pusat_and_their_address_for_who_may_know_the_reporter(
    country: Country,
) -> None:
    number = await entered(country, anonymous=True)
    sealed = country.app.state.identity.encrypt("198.51.100.77")
    for kind, staff in (("access_code_given", 1), ("access_code_used", None)):
        await country.rows(
            "INSERT INTO routing.access_log (number, kind, staff_id, address)"
            " VALUES (:n, :kind, :staff, :address)",
            n=number,
            kind=kind,
            staff=staff,
            address=None if staff else sealed,
        )
    below = await country.seen(ADMIN, number)
    assert "access_code" not in str(below["history"])
    above = await country.seen(PUSAT, number)
    assert {"access_code_given", "access_code_used"} <= {
        entry["action"] for entry in above["history"]
    }
    assert "198.51.100.77" not in str(above)
    await country.may_reveal(PUSAT, number, "Diminta pengadilan.")
    assert "198.51.100.77" not in str(await country.seen(PUSAT, number))  # not read, so not told
    assert (await country.act(PUSAT, number, "reveal", {})).status_code == 200
    assert "198.51.100.77" in str((await country.seen(PUSAT, number))["history"])


async def test_an_officer_reads_reports_of_units_below_without_who_reported(
    country: Country,
) -> None:
    file = StoredAttachment(
        key="00/ktp", name="KTP Siti.pdf", media_type="application/pdf", size=9, sha256="0" * 64
    )
    number = await country.verified(attachments=(file,))
    above = "petugas.kab.bandung"  # of the regency; its dinas handles the report
    seen = await country.seen(above, number)
    told = {name: value for name, value in seen["reporter"].items() if value is not None}
    assert told == {"hidden": "below"}
    assert "Siti" not in str(seen)
    assert "81234567890" not in str(seen)
    assert seen["attachments"][0]["name"] != "KTP Siti.pdf"
    rows = await country.get(
        above, "/queue", tab="awaiting_follow_up", scope="below", q=str(number)
    )
    assert "Siti" not in rows.text
    for who in (UNIT, ADMIN, PUSAT):
        report = await country.seen(who, number)
        assert report["reporter"]["name"] == "Siti Rahmawati", who
        assert report["attachments"][0]["name"] == "KTP Siti.pdf"


STEPS: dict[str, dict[str, Any]] = {
    "verify": {},
    "defer": {"kind": "incomplete_data", "note": "Lengkapi dahulu."},
    "archive": {"category": "unclear", "note": "Tidak jelas."},
}


async def gone_on(country: Country, action: str, maker: str, by: str, **values: Any) -> int:
    """A report that one member of staff entered, and one took the first step for."""
    person = country.staff[maker]
    actor = Actor(
        kind=ActorKind.STAFF, staff_id=person.id, role=Role(person.role), agency_id=person.agency_id
    )
    number = await country.report(channel=Channel.LETTER, actor=actor, made_by=person.id, **values)
    form = STEPS[action] or country.verification("pupr-kab-bandung")
    await country.done(by, number, action, form)
    return number


@pytest.mark.parametrize("action", STEPS)
async def test_the_first_step_of_who_entered_an_anonymous_report_tells_neither_name_nor_second(
    country: Country, action: str
) -> None:
    number = await gone_on(country, action, ADMIN, ADMIN, anonymous=True)
    name = await country.one("SELECT name FROM routing.staff WHERE username = :u", u=ADMIN)
    who = UNIT if action == "verify" else "petugas.kab.bandung"
    scope, tab = "own", {"verify": "awaiting_follow_up", "defer": "deferred"}.get(action)
    seen = await country.seen(who, number)
    assert name not in str((seen["history"], seen["written"], seen["requests"]))
    [line] = [one for one in seen["history"] if one["action"] == action]
    assert line["actor"] == {
        "kind": "staff",
        "label": "Petugas",
        "staff": None,
        "agency": None,
        "system": None,
    }
    times = [line["at"], seen["verified_at"], seen["ended_at"]]
    times += [one["at"] for one in seen["written"]]
    times += [clock["due_at"] for clock in seen["clocks"]]
    if tab:
        rows = await country.get(who, "/queue", tab=tab, scope=scope, q=str(number))
        times += [one["countdown"]["due_at"] for one in rows.json()["items"] if one["countdown"]]
    for at in filter(None, times):
        moment = datetime.fromisoformat(at)
        assert moment.minute == moment.second == moment.microsecond == 0, at
    above = await country.seen(PUSAT, number)
    [line] = [one for one in above["history"] if one["action"] == action]
    assert line["actor"]["staff"]["name"] == name
    stored = await country.rows(
        "SELECT at FROM lifecycle.history WHERE number = :n AND action = :a", n=number, a=action
    )
    assert datetime.fromisoformat(line["at"]) == stored[0][0]


@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_request_of_who_entered_an_anonymous_report_is_owed_without_name_and_second(
    country: Country, anonymous: bool
) -> None:
    number, maker = await entered(country, anonymous=anonymous), "petugas.kab.bandung"
    form = {
        "reason": "Bukan wewenang kami.",
        "suggested_agency_id": country.agencies["binamarga-jabar"],
    }
    await country.done(maker, number, "not-authority", form)
    decider = "koordinator.jabar"
    [shown] = (await country.seen(decider, number))["requests"]
    answer = await country.get(decider, "/owed", kind="decide", limit=100)
    [owed] = [
        item["request"] for item in answer.json()["items"] if item["report"]["number"] == number
    ]
    assert owed == shown
    assert (owed["asked_by"] is None) is anonymous
    assert owed["asked_at"].endswith(":00:00Z") or not anonymous


@pytest.mark.parametrize("decision", ["verify", "reject"])
@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_request_that_who_entered_an_anonymous_report_decides_names_not_who_decided(
    country: Country, decision: str, anonymous: bool
) -> None:
    above, asker = "koordinator.jabar", "petugas.kab.bandung"
    person = country.staff[above]
    actor = Actor(
        kind=ActorKind.STAFF, staff_id=person.id, role=Role(person.role), agency_id=person.agency_id
    )
    number = await country.report(
        channel=Channel.LETTER, actor=actor, made_by=person.id, anonymous=anonymous
    )
    form = {"reason": "Bukan kami.", "suggested_agency_id": country.agencies["binamarga-jabar"]}
    request_id = (await country.done(asker, number, "not-authority", form))["command_id"]
    if decision == "reject":
        await country.done(above, number, f"requests/{request_id}/reject", {"reason": "Periksa."})
    else:
        await country.done(above, number, "verify", country.verification("binamarga-jabar"))
    reader = "admin.jabar" if decision == "verify" else ADMIN
    seen = await country.seen(reader, number)
    [request] = seen["requests"]
    assert request["asked_by"]["id"] == country.staff[asker].id
    assert (request["decided_by"] is None) is anonymous
    assert request["decided_at"].endswith(":00:00Z") is anonymous
    name = await country.one("SELECT name FROM routing.staff WHERE username = :u", u=above)
    assert (name in str((seen["history"], seen["written"], seen["requests"]))) is not anonymous


@pytest.mark.parametrize("action", ["overdue", "escalate", "closing_notice", "auto_close"])
async def test_the_end_of_a_clock_is_told_to_the_hour_of_an_anonymous_report(
    country: Country, action: str
) -> None:
    for anonymous in (True, False):
        number = await gone_on(country, "verify", ADMIN, ADMIN, anonymous=anonymous)
        await country.rows(
            "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind,"
            " from_status, to_status, visibility, details)"
            " SELECT number, 1 + max(entry), 1 + max(version), '2026-12-07T03:32:17Z', :a,"
            " 'system', 'VERIFIED', 'VERIFIED', 'public', '{}' FROM lifecycle.history"
            " WHERE number = :n GROUP BY number",
            n=number,
            a=action,
        )
        for who, told in ((UNIT, "03:00:00" if anonymous else "03:32:17"), (PUSAT, "03:32:17")):
            [line] = [
                e for e in (await country.seen(who, number))["history"] if e["action"] == action
            ]
            assert line["at"] == f"2026-12-07T{told}Z", who


@pytest.mark.parametrize("action", ["overdue", "escalate"])
@pytest.mark.parametrize("status", ["UNVERIFIED", "INFORMATION_TO_EVALUATE"])
async def test_that_an_unverified_report_is_late_tells_the_hour_whichever_it_is(
    country: Country, action: str, status: str
) -> None:
    """It is so long after it came, to the second."""
    number = await entered(country)
    await country.rows(
        "INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind,"
        " from_status, to_status, visibility, details)"
        " VALUES (:n, 2, 2, '2026-12-07T03:32:17Z', :a, 'system', :s, :s, 'public', '{}')",
        n=number,
        a=action,
        s=status,
    )
    for who, told in ((ADMIN, ("03:00:00", True)), (PUSAT, ("03:32:17", False))):
        [line] = [e for e in (await country.seen(who, number))["history"] if e["action"] == action]
        assert (line["at"], line["to_the_hour"]) == (f"2026-12-07T{told[0]}Z", told[1]), who


@pytest.mark.parametrize(("template", "cut"), [("accepted", True), ("verified", False)])
async def test_when_the_reporter_was_told_that_it_came_is_told_to_the_hour(
    country: Country, template: str, cut: bool
) -> None:
    number = await country.verified()
    await country.rows(
        "INSERT INTO notification.message (id, key, number, version, event, template, recipient,"
        " channel, facts, state, not_before, finished_at) VALUES (gen_random_uuid(), :key, :n, 1,"
        " 'submitted', :t, 'reporter', 'sms', '{}', 'sent', now(), '2026-12-07T03:32:17Z')",
        key=f"{number}.1.reporter.sms",
        n=number,
        t=template,
    )
    for who in (UNIT, ADMIN, PUSAT):
        [message] = (await country.seen(who, number))["messages"]
        hidden = cut and who != PUSAT
        told = "03:00:00" if hidden else "03:32:17"
        assert (message["at"], message["to_the_hour"]) == (f"2026-12-07T{told}Z", hidden), who


@pytest.mark.parametrize(("maker", "anonymous"), [("petugas.kab.bandung", True), (ADMIN, False)])
async def test_the_first_step_of_another_or_for_a_reporter_with_a_name_is_told_in_full(
    country: Country, maker: str, anonymous: bool
) -> None:
    number = await gone_on(country, "verify", maker, ADMIN, anonymous=anonymous)
    seen = await country.seen(UNIT, number)
    [line] = [one for one in seen["history"] if one["action"] == "verify"]
    assert line["actor"]["staff"]["id"] == country.staff[ADMIN].id
    stored = await country.rows(
        "SELECT at FROM lifecycle.history WHERE number = :n AND action = 'verify'", n=number
    )
    assert datetime.fromisoformat(line["at"]) == stored[0][0]


async def test_what_they_do_after_it_was_verified_is_told_in_full(country: Country) -> None:
    number = await gone_on(country, "verify", ADMIN, ADMIN, anonymous=True)
    await country.done(ADMIN, number, "amend", {"priority": True})
    seen = await country.seen(UNIT, number)
    [line] = [one for one in seen["history"] if one["action"] == "amend"]
    assert line["actor"]["staff"]["id"] == country.staff[ADMIN].id


@pytest.mark.parametrize(
    ("reason", "told"), [("sms_not_chosen", None), ("no_such_number", None), ("stopped", "stopped")]
)
async def test_why_an_anonymous_reporter_was_not_told_names_no_channel(
    country: Country, reason: str, told: str | None
) -> None:
    """Who has a phone and no mail is one of fewer."""
    for anonymous, expected in ((True, told), (False, reason)):
        number = await country.verified(anonymous=anonymous)
        await country.rows(
            "INSERT INTO notification.message (id, key, number, version, event, template,"
            " recipient, channel, facts, state, reason, not_before, finished_at)"
            " VALUES (gen_random_uuid(), :key, :n, 2, 'verified', 'verified', 'reporter', 'sms',"
            " '{}', 'skipped', :reason, now(), now())",
            key=f"{number}.2.reporter.sms",
            n=number,
            reason=reason,
        )
        [message] = (await country.seen(UNIT, number))["messages"]
        assert (message["state"], message["reason"]) == ("skipped", expected)
        assert (message["reason_label"] is None) is (expected is None)


@pytest.mark.parametrize(
    ("state", "reason"), [("queued", None), ("sent", None), ("skipped", "outdated")]
)
async def test_that_a_text_message_waits_for_the_morning_tells_of_no_phone(
    country: Country, state: str, reason: str | None
) -> None:
    for anonymous, expected in ((True, ("on_its_way", None)), (False, (state, reason))):
        number = await country.verified(anonymous=anonymous)
        await country.rows(
            "INSERT INTO notification.message (id, key, number, version, event, template,"
            " recipient, channel, facts, state, reason, not_before)"
            " VALUES (gen_random_uuid(), :key, :n, 2, 'verified', 'verified', 'reporter', 'sms',"
            " '{}', :state, :reason, now() + interval '8 hours')",
            key=f"{number}.2.reporter.sms",
            n=number,
            state=state,
            reason=reason,
        )
        [message] = (await country.seen(UNIT, number))["messages"]
        assert (message["state"], message["reason"]) == expected


async def test_that_news_went_by_another_channel_tells_of_no_second_contact(
    country: Country,
) -> None:
    for anonymous, expected in ((True, ["on_its_way"]), (False, ["sent", "failed"])):
        number = await country.verified(anonymous=anonymous)
        for channel, state, written in (("email", "failed", "2 hours"), ("sms", "sent", "1 hour")):
            await country.rows(
                "INSERT INTO notification.message (id, key, number, version, event, template,"
                " recipient, channel, facts, state, created_at, not_before, finished_at)"
                " VALUES (gen_random_uuid(), :key, :n, 2, 'verified', 'verified', 'reporter',"
                " :channel, '{}', :state, now() - CAST(:written AS interval), now(), now())",
                key=f"{number}.2.reporter.{channel}",
                n=number,
                channel=channel,
                state=state,
                written=written,
            )
        shown = (await country.seen(UNIT, number))["messages"]
        assert [message["state"] for message in shown] == expected


async def test_until_when_an_objection_is_decided_tells_not_when_an_anonymous_reporter_was_there(
    country: Country,
) -> None:
    for anonymous in (True, False):
        number = await country.verified(anonymous=anonymous)
        await country.rows(
            "INSERT INTO lifecycle.request"
            " (id, number, kind, asked_at, agency_id, decider_id, due_at, overdue)"
            " SELECT gen_random_uuid(), number, 'objection', '2026-11-27T02:59:30Z', handler_id,"
            " handler_id, '2026-12-02T03:00:30Z', false FROM lifecycle.report WHERE number = :n",
            n=number,
        )
        [request] = (await country.seen(UNIT, number))["requests"]
        assert request["to_the_hour"] is anonymous
        expected = "2026-12-02T03:00:00Z" if anonymous else "2026-12-02T03:00:30Z"
        assert datetime.fromisoformat(request["due_at"]) == datetime.fromisoformat(expected)
        assert request["due_on"] == "2026-12-02"
