"""The panel's webhooks: made, watched, sent again, a new secret, switched on again, removed."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import Locator
from standardwebhooks import Webhook

from tests.portal.by_request import submit
from tests.portal.conftest import Meet, Person
from tests.portal.test_management import look

pytestmark = pytest.mark.timeout(600)


class Receiver:
    """An agency's own system: keeps what it is sent, and answers with `status`."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[bytes, dict[str, str]]] = []
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                kept.got.append((body, dict(self.headers.items())))
                self.send_response(kept.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the tests' output."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/lapor"

    def check_last(self, secret: str) -> None:
        """Raises where this secret did not sign what came last."""
        Webhook(secret).verify(*self.got[-1])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    threading.Thread(target=receiver.server.serve_forever, daemon=True).start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def test_a_webhook_shows_its_secret_once_and_what_was_answered(
    meet: Meet, receiver: Receiver
) -> None:
    admin = meet()
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/webhook")
    admin.page.get_by_label("Alamat").fill("ftp://sistem.go.id")
    admin.presses("Tambah")
    assert "Periksa isian berikut" in admin.reads
    secret = make(admin, receiver)
    look(admin, "webhook_secret")
    admin.follows("Sudah saya simpan")
    assert "whsec_" not in admin.page.content()
    assert "Belum ada kiriman." in admin.reads

    number, _ = submit(admin.portal)
    shows(admin, "1 percobaan, terakhir dijawab 204")
    assert f"#{number}" in admin.reads
    assert "Terkirim" in delivery(admin).inner_text()
    receiver.check_last(secret)
    assert "Siti" not in receiver.got[-1][0].decode()

    receiver.status = 503
    admin.presses("Kirim ulang")
    assert "Sedang dikirim ulang." in admin.reads
    shows(admin, "terakhir dijawab 503")  # the second try, or one more by now
    # Webhook and deliveries are two readings, between which that try may have ended.
    shows(admin, "Tidak ada kiriman yang sampai sejak")
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]
    assert "Menunggu" in delivery(admin).inner_text()
    assert admin.page.get_by_role("button", name="Kirim ulang").count() == 0
    look(admin, "webhook_failing")
    admin.follows("Menunggu")
    assert f"#{number}" in admin.reads
    admin.follows("Gagal")
    assert "Belum ada kiriman dalam keadaan ini." in admin.reads
    removes(admin, receiver)


@pytest.mark.nightly
def test_a_new_secret_signs_beside_the_old_one_for_a_day(meet: Meet, receiver: Receiver) -> None:
    admin = meet()
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/webhook")
    first = make(admin, receiver)
    admin.follows("Sudah saya simpan")
    submit(admin.portal)
    shows(admin, "1 percobaan, terakhir dijawab 204")
    admin.page.get_by_text("Rahasia baru atau hapus").click()
    admin.presses("Buat rahasia baru")
    second = admin.page.get_by_label("Rahasia").input_value()
    assert second != first
    assert "Rahasia lama masih ikut menandatangani sampai" in admin.reads
    admin.follows("Sudah saya simpan")
    assert "Rahasia lama masih ikut menandatangani sampai" in admin.reads
    admin.presses("Kirim ulang")
    shows(admin, "2 percobaan, terakhir dijawab 204")
    receiver.check_last(first)
    receiver.check_last(second)
    removes(admin, receiver)


def test_one_whose_receiver_wants_no_more_is_off_until_it_is_switched_on(
    meet: Meet, receiver: Receiver
) -> None:
    admin, beside, officer = meet(phone=True), meet(), meet()
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/webhook")
    make(admin, receiver)
    admin.follows("Sudah saya simpan")
    path = admin.page.url.removeprefix(admin.portal.address)
    receiver.status = 410
    submit(admin.portal)
    shows(admin, "Dimatikan")
    assert "penerima menjawab 410" in admin.reads
    shows(admin, "Gagal", at=delivery)
    assert admin.page.get_by_role("button", name="Kirim ulang").count() == 0
    look(admin, "webhook_off")

    beside.signs_in("koordinator.kota.bandung")
    beside.opens(path)
    assert receiver.address not in beside.reads
    beside.opens("/panel/webhook")
    assert "Belum ada webhook." in beside.reads
    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens("/panel/webhook")
    assert receiver.address not in officer.reads

    receiver.status = 200
    admin.presses("Aktifkan lagi")
    assert "Webhook aktif lagi." in admin.reads
    assert "Dimatikan" not in admin.reads
    admin.presses("Kirim ulang")
    shows(admin, "terakhir dijawab 200")
    shows(admin, "Terkirim", at=delivery)
    removes(admin, receiver)


def make(admin: Person, receiver: Receiver) -> str:
    """Add a webhook of this receiver; its secret."""
    admin.page.get_by_label("Alamat").fill(receiver.address)
    admin.presses("Tambah")
    secret = admin.page.get_by_label("Rahasia").input_value()
    assert secret.startswith("whsec_")
    return secret


def removes(admin: Person, receiver: Receiver) -> None:
    admin.page.get_by_text("Rahasia baru atau hapus").click()
    admin.presses("Hapus webhook ini")
    assert "Webhook dihapus." in admin.reads
    assert receiver.address not in admin.reads


def delivery(admin: Person) -> Locator:
    """The newest."""
    return admin.page.locator(".list > li").first


def shows(admin: Person, words: str, at: Callable[[Person], Locator] | None = None) -> None:
    """Load the page again until these words are there."""
    for _ in range(40):
        where = at(admin).inner_text() if at else admin.reads
        if words in where:
            return
        admin.page.wait_for_timeout(500)
        admin.page.reload()
    raise AssertionError(admin.reads)
