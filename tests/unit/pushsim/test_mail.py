"""The mail server speaks real SMTP, and takes mails that are whole."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from anyio import to_thread
from pushsim.mail import problem_of
from pushsim.running import RunningPushsim, running_pushsim

HEADERS = {
    "From": "pulse@example.ru",
    "To": "maria@example.ru",
    "Subject": "=?utf-8?b?0JfQsNC60LDQtw==?=",
    "Date": "Fri, 20 Nov 2026 12:00:00 +0000",
    "Message-ID": "<1@example.ru>",
    "MIME-Version": "1.0",
    "List-Unsubscribe": "<https://pulse.example.ru/u/1>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def a_mail(body: str = "text", more: str = "", **changes: str | None) -> bytes:
    """A mail that is right but for what a test says; a header that is None is left out."""
    given = HEADERS | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{name}: {value}\r\n" for name, value in given.items() if value is not None]
    return ("".join(lines) + more + "\r\n" + body).encode()


async def sent(sim: RunningPushsim, content: bytes, act: Callable[[smtplib.SMTP], object] = lambda _: None) -> Any:
    """What a client that knows nothing of the fake is answered: None, or the code of the refusal."""

    def send() -> int | None:
        try:
            with smtplib.SMTP(sim.smtp_host, sim.smtp_port, timeout=30) as client:
                act(client)
                client.sendmail("pulse@example.ru", ["maria@example.ru"], content)
        except smtplib.SMTPRecipientsRefused as refused:
            return refused.recipients["maria@example.ru"][0]
        except smtplib.SMTPResponseException as refused:
            return refused.smtp_code
        return None

    return await to_thread.run_sync(send)


async def test_a_whole_mail_is_taken_with_its_envelope(pushsim: RunningPushsim) -> None:
    assert await sent(pushsim, a_mail("Худи\r\n.\r\nконец")) is None
    (mail,) = pushsim.messages("email")
    assert (mail["recipient"], mail["sender"]) == ("maria@example.ru", "pulse@example.ru")
    assert dict(mail["headers"])["Subject"] == "Заказ"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (a_mail(Date=None), "date"),
        (a_mail(Message_ID=None), "message-id"),
        (a_mail(Message_ID="1"), "Message-ID"),
        (a_mail(MIME_Version=None), "mime-version"),
        (a_mail(more="Subject: another\r\n"), "subject"),
        (a_mail(more="To: victim@example.ru\r\n"), "to"),
        (a_mail(more="Bcc: a@example.ru\r\nBcc: b@example.ru\r\n"), "bcc"),
        (a_mail(Subject="order\nBcc: victim@example.ru"), "bare"),
        (a_mail(Subject="order\rBcc: victim@example.ru"), "bare"),
        (a_mail("x" * 999), "long"),
        (a_mail(List_Unsubscribe="<mailto:u@example.ru>"), "https"),
        (a_mail(List_Unsubscribe="<http://pulse.example.ru/u/1>"), "https"),
        (a_mail(List_Unsubscribe_Post="yes"), "8058"),
    ],
)
async def test_a_mail_that_is_not_whole_or_holds_headers_that_were_brought_in_is_refused(
    pushsim: RunningPushsim, content: bytes, problem: str
) -> None:
    assert problem in (problem_of(content) or "")
    if problem != "bare":  # a client sends no bare CR or LF
        assert await sent(pushsim, content) == 554
        assert problem in pushsim.sim.refused[0]
    assert pushsim.messages() == []


async def test_nobody_is_let_in_without_the_password() -> None:
    async with running_pushsim(user="pulse", password="p4ss") as sim:
        assert await sent(sim, a_mail()) == 530
        assert await sent(sim, a_mail(), lambda client: client.login("pulse", "other")) == 535
        assert sim.messages() == []
        assert await sent(sim, a_mail(), lambda client: client.login("pulse", "p4ss")) is None
        assert [mail["user"] for mail in sim.messages()] == ["pulse"]


@pytest.mark.parametrize(
    ("step", "status"), [("connect", 421), ("mail", 452), ("rcpt", 550), ("data", 554), ("data", 451)]
)
async def test_a_step_is_answered_as_ordered_and_the_next_time_as_always(
    pushsim: RunningPushsim, step: str, status: int
) -> None:
    pushsim.add_fault(at="mail", kind="status", step=step, status=status)
    assert await sent(pushsim, a_mail()) == status
    assert pushsim.messages() == []
    assert await sent(pushsim, a_mail()) is None


@pytest.mark.parametrize("is_taken", [False, True])
async def test_a_connection_that_is_cut_answers_nothing_whether_the_mail_was_taken_or_not(
    pushsim: RunningPushsim, is_taken: bool
) -> None:
    pushsim.add_fault(at="mail", kind="cut", step="data", accepted=is_taken)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        await sent(pushsim, a_mail())
    assert len(pushsim.messages()) == is_taken
