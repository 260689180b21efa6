"""What a month came to."""

from contracts.digests import DigestKind

from notifier.messages.digest import digest_kind

KIND = digest_kind(DigestKind.MONTH)
