"""Mails that came back."""

from uuid import UUID


def postfix_bounce(target: UUID, delivery: UUID | None = None) -> str:
    """What Postfix says of a mailbox that is not there, about a mail of a delivery (None: of the same id)."""
    return f"""\
Return-Path: <>
Delivered-To: bounces+{target.hex}@example.ru
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: bounces+{target.hex}@example.ru
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B/mx.example.com"

--B/mx.example.com
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<maria@example.com>: host mx.example.com said: 550 5.1.1 User unknown

--B/mx.example.com
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Fri, 20 Nov 2026 14:10:00 +0300 (MSK)

Final-Recipient: rfc822; maria@example.com
Original-Recipient: rfc822;maria@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--B/mx.example.com
Content-Type: text/rfc822-headers

Message-ID: <{delivery or target}@example.ru>
Subject: x

--B/mx.example.com--
"""
