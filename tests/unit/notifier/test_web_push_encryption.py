"""What browsers are sent is encrypted as RFC 8291 says."""

from cryptography.hazmat.primitives.asymmetric import ec
from notifier.channels.web_push_encryption import encrypt
from pushsim.state import decoded

BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECORD = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
    "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_is_made_byte_for_byte() -> None:
    """RFC 8291, section 5 and appendix A."""
    key = ec.derive_private_key(int.from_bytes(decoded(OURS), "big"), ec.SECP256R1())
    made = encrypt(
        b"When I grow up, I want to be a watermelon",
        browser_key=decoded(BROWSER),
        auth_secret=decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        private_key=key,
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert made == decoded(RECORD)


def test_the_same_content_is_never_the_same_twice() -> None:
    key, secret = decoded(BROWSER), decoded("BTBZMqHH6r4Tts7J_aSIgg")
    made = {encrypt(b"text", browser_key=key, auth_secret=secret) for _ in range(5)}
    assert len(made) == 5
