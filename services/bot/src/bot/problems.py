"""What the gateway refuses, in words that a seller can do something with."""

from servicekit.text import name
from servicekit.translation import Language, msgid

from bot.gateway import GatewayProblem

MAX_DETAIL_UNITS = 500


WORDS = {
    "cabinet_not_found": msgid("This is not your shop, or it is disconnected."),
    "role_insufficient": msgid("Your role in this shop does not allow this. Ask its owner."),
    "user_refused": msgid("Pulse's key does not act for you. Tell the administrator."),
    "key_refused": msgid("Pulse's key is not accepted. Tell the administrator."),
    "key_missing": msgid("Pulse's key is not accepted. Tell the administrator."),
    "scope_missing": msgid("Pulse's key may not do this. Tell the administrator."),
    "token_malformed": msgid(
        "This is not a Wildberries token. Copy it whole from the seller's office: Settings → API."
    ),
    "token_kind_unknown": msgid("Pulse does not know tokens of this kind. Make a personal one."),
    "token_is_test": msgid("This is a token of Wildberries' sandbox. Make one of the real shop."),
    "token_expired": msgid("This token has expired. Make a new one in the seller's office."),
    "token_lacks_categories": msgid("The token lacks categories. Pulse needs content, analytics and statistics."),
    "token_of_another_seller": msgid("This token is of another seller. Connect it as a shop of its own."),
    "token_cannot_answer": msgid("The token is read-only or without feedbacks: nothing can be answered with it."),
    "cabinet_not_verified": msgid("Wildberries has not accepted this shop's token yet."),
    "cabinet_unchecked": msgid("Wildberries has not accepted this shop's token yet."),
    "owner_stays": msgid("The owner stays: disconnect the shop instead."),
    "member_not_found": msgid("This person is no member any more."),
    "invitation_not_found": msgid("There is no such invitation."),
    "invitation_used": msgid("This invitation was used already. Ask for another one."),
    "invitation_revoked": msgid("This invitation was taken back. Ask for another one."),
    "invitation_expired": msgid("This invitation has expired. Ask for another one."),
    "too_many_invitations": msgid("Too many open invitations: take some back."),
    "too_many_members": msgid("This shop has as many members as it can have."),
    "order_not_found": msgid("There is no such order."),
    "product_not_found": msgid("There is no such item."),
    "stock_not_found": msgid("Nothing is known of this item's stock."),
    "review_not_found": msgid("There is no such review."),
    "question_not_found": msgid("There is no such question."),
    "review_answered": msgid("This review is answered already."),
    "review_unanswered": msgid("This review has no answer to change yet."),
    "question_answered": msgid("This question is answered already."),
    "question_rejected": msgid("This question is rejected already."),
    "answer_under_way": msgid("An answer is on its way to Wildberries already."),
    "answer_not_editable": msgid("Wildberries lets nobody change this answer any more."),
    "report_unavailable": msgid("The report cannot be made just now. Try again in a minute."),
    "database_unavailable": msgid("Pulse has a break. Try again in a minute."),
    "internal_error": msgid("Something went wrong at our side. Try again in a minute."),
    "rate_limited": msgid("Too many requests. Wait a minute."),
    "overloaded": msgid("Pulse has a break. Try again in a minute."),
    "stopping": msgid("Pulse has a break. Try again in a minute."),
    "digest_not_found": msgid("There is no such digest."),
    "alert_not_found": msgid("There is no such alert."),
    "settings_invalid": msgid("That is more than your settings can hold. Take something back first."),
    "too_many_mutes": msgid("Too many things are muted: let some be told again first."),
    "zone_unknown": msgid("There is no such time zone."),
    "address_malformed": msgid("This is no e-mail address. Write it like this: maria@example.ru"),
    "channel_off": msgid("Nothing is sent over this channel here."),
    "too_many_targets": msgid("You are told in as many places as there can be: remove one first."),
    "too_many_codes": msgid("Ten codes were sent to you within a day: try again tomorrow."),
    "code_refused": msgid("The code is wrong, or good no more. Write it again, or have another one sent: /targets"),
    "target_not_found": msgid("There is no such place any more."),
    "target_unconfirmed": msgid("Enter the code first that was sent there."),
    "target_confirmed": msgid("This address waits for no code."),
    "target_ended": msgid("This place is no more: enter it anew."),
    "command_not_found": msgid("There is no such command."),
    "sync_not_found": msgid("There is no such sync."),
    "cursor_invalid": msgid("This list is too old. Open it again."),
}


def words(problem: GatewayProblem, language: Language) -> str:
    """What to answer, as HTML; codes that have no words of their own show the gateway's detail."""
    if problem.code in WORDS:
        return language.text(WORDS[problem.code])
    said = language.text("This cannot be done: {detail}", detail=name(problem.detail, MAX_DETAIL_UNITS))
    return f"{said}\n<code>{name(problem.code, 64)}</code>"
