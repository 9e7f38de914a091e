"""Every alert is fired once by what it is about, and keeps still while all is well."""

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

pytestmark = pytest.mark.slow

RULES = Path(__file__).parents[2] / "deploy" / "dashboards" / "alerts.yaml"
PROMTOOL = Path(sysconfig.get_path("scripts")) / "promtool"

Series = dict[str, str]
"""Values of each metric, one a minute, as promtool writes them: `0+1x5` is 0 1 2 3 4 5."""


class Trouble(NamedTuple):
    """What fires an alert after `minutes`, and the same metrics while all is well."""

    minutes: int
    series: Series
    well: Series


def _stays(metric: str, minutes: int, bad: float, good: float = 0) -> Trouble:
    """A metric that is at `bad` for so long."""
    values = {value: {metric: f"{value}x{minutes + 5}"} for value in (bad, good)}
    return Trouble(minutes, values[bad], values[good])


_ANSWERED = 'lapor_http_requests_total{service="intake",status="%s"}'
_SENT = 'lapor_notifications_total{channel="email",state="%s"}'
_BUCKET = 'lapor_http_request_seconds_bucket{service="portal",route="/",le="%s"}'
_MORNINGS = 'lapor_digest_mornings_total{zone="WIB",outcome="written"}'
_FAST, _SLOW = "0+60x30", "0+1x30"

TROUBLES = {
    "LaporProcessAway": _stays('up{job="lapor",process="relay"}', 4, 0, 1),
    "LaporOutboxStands": _stays('lapor_waiting_oldest_seconds{what="outbox"}', 5, 300),
    "LaporCommandsWait": _stays('lapor_waiting_oldest_seconds{what="commands"}', 5, 300),
    "LaporReportsUnlaunched": _stays('lapor_waiting_oldest_seconds{what="launches"}', 7, 900),
    "LaporRunsMissing": Trouble(
        5, {"lapor_runs_missing": "0 3 0x10"}, {"lapor_runs_missing": "0x12"}
    ),
    "LaporRunsStayMissing": _stays("lapor_runs_missing", 20, 2),
    "LaporRunsNotCompared": Trouble(
        20,
        {"lapor_runs_compared_timestamp_seconds": "60x25"},
        {"lapor_runs_compared_timestamp_seconds": "0+60x25"},
    ),
    "LaporDeadlinesMissed": _stays("lapor_deadlines_missed", 17, 1),
    "LaporBackupOld": Trouble(
        38 * 60,
        {"lapor_backup_timestamp_seconds": f"0x{40 * 60}"},
        {"lapor_backup_timestamp_seconds": f"0+60x{40 * 60}"},
    ),
    "LaporBackupFails": Trouble(
        80,
        {'lapor_backup_failures_total{part="log"}': "0+1x90"},
        {'lapor_backup_failures_total{part="log"}': "3x90"},
    ),
    "LaporDeadLetters": _stays('lapor_dead_letters{system="dukcapil"}', 17, 1),
    "LaporMessagesWait": _stays('lapor_notifications_oldest_seconds{channel="email"}', 7, 1200),
    "LaporMessagesFail": Trouble(
        95,
        {_SENT % "sent": "0+1x100", _SENT % "failed": "0+1x100"},
        {_SENT % "sent": "0+100x100", _SENT % "failed": "0+1x100"},
    ),
    "LaporDigestsMissing": Trouble(
        60 * 60,
        {_MORNINGS: f"1x{62 * 60}"},
        {_MORNINGS: " ".join(f"{day}x{24 * 60 - 1}" for day in range(3))},
    ),
    "LaporCodesRefused": Trouble(
        5,
        {'lapor_codes_refused_total{budget="day"}': "0 0 2x10"},
        {'lapor_codes_refused_total{budget="day"}': "2x12"},
    ),
    "LaporPartnerWaits": _stays(
        'lapor_partner_waiting{system="dukcapil",direction="to_us"}', 20, 500
    ),
    "LaporPartnerReadsNothing": _stays(
        'lapor_partner_waiting{system="dukcapil",direction="to_partner"}', 480, 5000
    ),
    "LaporPartnerSilent": Trouble(
        8 * 24 * 60,
        {'lapor_partner_last_message_timestamp_seconds{system="dukcapil"}': f"0x{9 * 24 * 60}"},
        {
            'lapor_partner_last_message_timestamp_seconds{system="dukcapil"}': (
                f"0+60x{9 * 24 * 60}"
            )
        },
    ),
    "LaporAccessCodesGuessed": Trouble(
        5,
        {"lapor_access_codes_guessed_total": "0 0 2x10"},
        {"lapor_access_codes_guessed_total": "2x12"},
    ),
    "LaporPasswordsGuessed": Trouble(
        15,
        {'lapor_sign_ins_in_turn_total{whose="staff"}': "0+5x20"},
        {'lapor_sign_ins_in_turn_total{whose="staff"}': "0+1x20"},
    ),
    "LaporErrors": Trouble(
        15,
        {_ANSWERED % 200: _FAST, _ANSWERED % 503: "0+6x30"},
        {_ANSWERED % 200: _FAST, _ANSWERED % 503: "0+1x30"},
    ),
    "LaporSlow": Trouble(
        25,
        {_BUCKET % "1.0": _SLOW, _BUCKET % "10.0": _FAST, _BUCKET % "+Inf": _FAST},
        {_BUCKET % "1.0": _FAST, _BUCKET % "10.0": _FAST, _BUCKET % "+Inf": _FAST},
    ),
    "LaporHandlersFail": Trouble(
        35,
        {'lapor_messages_total{consumer="intake",verdict="failed"}': "0+1x40"},
        {'lapor_messages_total{consumer="intake",verdict="failed"}': "3x40"},
    ),
}


def test_every_alert_has_a_trouble_that_fires_it() -> None:
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    assert [rule["alert"] for rule in group["rules"]] == list(TROUBLES)


def test_trouble_fires_its_alert_and_nothing_fires_while_all_is_well(tmp_path: Path) -> None:
    if not PROMTOOL.exists():
        assert "CI" not in os.environ, ".ci/packages brings promtool"
        pytest.skip("promtool is not there: .ci/packages brings it")
    files: list[Path] = []
    for often in (True, False):  # looking at days by the minute takes minutes
        tests = [
            _case(alert, trouble.minutes, series, fired)
            for alert, trouble in TROUBLES.items()
            if (trouble.minutes < 100) is often
            for series, fired in ((trouble.series, True), (trouble.well, False))
        ]
        every = {"evaluation_interval": "1m" if often else "30m"}
        files.append(tmp_path / f"{len(files)}.yaml")
        files[-1].write_text(yaml.safe_dump({"rule_files": [str(RULES)], "tests": tests, **every}))
    outcome = subprocess.run(
        [PROMTOOL, "test", "rules", *files], capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def _case(alert: str, minutes: int, series: Series, fired: bool) -> dict[str, Any]:
    asked = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
    return {
        "name": f"{alert} {'fires' if fired else 'keeps still'}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": asked,
                "eval_time": f"{minutes}m",
                "exp_samples": [{"labels": "{}", "value": 1}] if fired else [],
            }
        ],
    }
