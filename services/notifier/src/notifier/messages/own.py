"""What a target is told about itself: that it works, and the code that shows whose it is."""

from html import escape

from notifier.messages.message import About, Message


def test_message(about: About) -> Message:
    """That messages arrive."""
    text = about.language.text
    lines = [f"<b>✅ {text('A test message')}</b>", "", text("Messages arrive here.")]
    return Message("\n".join(lines))


def confirmation(code: str, about: About) -> Message:
    """The code, and that whoever did not ask for it need do nothing."""
    text = about.language.text
    lines = [
        f"<b>{text('Your code: {code}', code=escape(code))}</b>",
        "",
        text("Enter it where you asked for messages of Pulse to come to this address. It is good for 24 hours."),
        text("If you did not ask for this, do nothing: no other message will come."),
    ]
    return Message("\n".join(lines))
