"""Who sees a shop: members with their roles, invitations, leaving."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from pulse_client.api.cabinets import get_cabinet
from pulse_client.api.members import (
    accept_invitation,
    change_role,
    invite,
    list_invitations,
    list_members,
    remove_member,
    revoke_invitation,
)
from pulse_client.models import Accept, ChangeRole, Invite, InviteRole, Member
from servicekit.text import name

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import Command, pressed, said
from bot.gateway import GatewayProblem
from bot.shops import MAY, ROLES, shop_name

INVITATION = "pulse_invite_"
GIVEN: tuple[InviteRole, ...] = ("viewer", "analyst", "manager")
LETTERS: Mapping[str, InviteRole] = {role[0]: role for role in GIVEN}
MOST_SHOWN = 40


def router() -> Router:
    """Members and invitations."""
    made = Router(name="members")
    made.message.register(accept, said("start"), is_invitation)
    made.callback_query.register(show_members, pressed(Action.MEMBERS))
    made.callback_query.register(show_member, pressed(Action.MEMBER))
    made.callback_query.register(give_role, pressed(Action.MEMBER_ROLE))
    made.callback_query.register(ask_remove, pressed(Action.MEMBER_REMOVE, Action.LEAVE))
    made.callback_query.register(remove, pressed(Action.MEMBER_REMOVE_SURE, Action.LEAVE_SURE))
    made.callback_query.register(ask_role, pressed(Action.INVITE))
    made.callback_query.register(invite_as, pressed(Action.INVITE_AS))
    made.callback_query.register(show_invitations, pressed(Action.INVITATIONS))
    made.callback_query.register(revoke, pressed(Action.INVITATION_REVOKE))
    return made


async def is_invitation(_: Message, command: Command | None = None) -> bool:
    """Whether the bot was opened by an invitation's link."""
    return command is not None and command.arguments.startswith(INVITATION)


async def accept(_: Message, talk: Conversation, command: Command) -> None:
    """He joins the shop that he is invited to."""
    joined = await talk.gateway.call(accept_invitation.asyncio_detailed, body=Accept(token=command.arguments))
    shop = (await talk.gateway.call(get_cabinet.asyncio_detailed, joined.cabinet_id)).data
    role = joined.role
    text = talk.text(
        "🎉 You are a member of <b>{shop}</b>: {role} ({may}).",
        shop=shop_name(shop),
        role=talk.text(ROLES[role]),
        may=talk.text(MAY[role]),
    )
    await talk.say(text, keyboard([talk.button("🏪 The shop", Action.CABINET, joined.cabinet_id)]))


async def show_members(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Who sees the shop."""
    await _show_members(talk, press.uuid())


async def _show_members(talk: Conversation, cabinet_id: UUID, head: str = "") -> None:
    members = (await talk.gateway.call(list_members.asyncio_detailed, cabinet_id)).data
    mine = _role_of(members, talk.user.id)
    lines = [head, ""] if head else []
    lines.append(f"<b>{talk.language.plural('{n} member', '{n} members', len(members))}</b>")
    lines += [f"• {member_name(talk, each)} · {talk.text(ROLES[each.role])}" for each in members[:MOST_SHOWN]]
    rows: list[Row] = [
        [talk.buttons.button(_plain(talk, each), Action.MEMBER, cabinet_id, each.telegram_id)]
        for each in members[:MOST_SHOWN]
        if _may_change(mine, each.role)
    ]
    if mine in ("owner", "manager"):
        invitations = [talk.button("➕ Invite", Action.INVITE, cabinet_id)]
        rows.append([*invitations, talk.button("✉️ Invitations", Action.INVITATIONS, cabinet_id)])
    rows.append([talk.button("« Shop", Action.CABINET, cabinet_id)])
    await talk.show("\n".join(lines), keyboard(*rows))


async def show_member(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One member, and the roles he can be given."""
    cabinet_id, telegram_id = press.uuid(), press.number()
    members = (await talk.gateway.call(list_members.asyncio_detailed, cabinet_id)).data
    member = next((each for each in members if each.telegram_id == telegram_id), None)
    if member is None:
        raise GatewayProblem(404, "member_not_found", "no such member", None)
    mine = _role_of(members, talk.user.id)
    lines = [f"<b>{member_name(talk, member)}</b> · {talk.text(ROLES[member.role])}", ""]
    lines += [f"• {talk.text(ROLES[role])}: {talk.text(MAY[role])}" for role in _given_by(mine)]
    rows: list[Row] = [
        [talk.button(ROLES[role], Action.MEMBER_ROLE, cabinet_id, telegram_id, role[0])]
        for role in _given_by(mine)
        if role != member.role
    ]
    rows.append([talk.button("🚫 Remove", Action.MEMBER_REMOVE, cabinet_id, telegram_id)])
    rows.append([talk.button("« Members", Action.MEMBERS, cabinet_id)])
    await talk.show("\n".join(lines), keyboard(*rows))


async def give_role(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """He has this role from now on."""
    cabinet_id, telegram_id, role = press.uuid(), press.number(), LETTERS[press.text()]
    await talk.gateway.call(change_role.asyncio_detailed, cabinet_id, telegram_id, body=ChangeRole(role=role))
    await _show_members(talk, cabinet_id, talk.text("✅ The role is changed."))


async def ask_remove(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Whether he is sure."""
    cabinet_id = press.uuid()
    if press.action is Action.LEAVE:
        text = talk.text("Leave this shop? You will see and be told nothing more of it.")
        sure = talk.button("Yes, leave", Action.LEAVE_SURE, cabinet_id)
        await talk.show(text, keyboard([sure], [talk.button("No", Action.CABINET, cabinet_id)]))
        return
    telegram_id = press.number()
    text = talk.text("Remove this member? He will see and be told nothing more of the shop.")
    sure = talk.button("Yes, remove", Action.MEMBER_REMOVE_SURE, cabinet_id, telegram_id)
    await talk.show(text, keyboard([sure], [talk.button("No", Action.MEMBER, cabinet_id, telegram_id)]))


async def remove(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """He is no member any more."""
    cabinet_id = press.uuid()
    is_leaving = press.action is Action.LEAVE_SURE
    telegram_id = talk.user.id if is_leaving else press.number()
    await talk.gateway.call(remove_member.asyncio_detailed, cabinet_id, telegram_id)
    if is_leaving:
        await talk.show(talk.text("You have left the shop."), keyboard([talk.button("« Shops", Action.CABINETS)]))
    else:
        await _show_members(talk, cabinet_id, talk.text("✅ The member is removed."))


async def ask_role(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """As what he is to be invited."""
    cabinet_id = press.uuid()
    shop = (await talk.gateway.call(get_cabinet.asyncio_detailed, cabinet_id)).data
    given = _given_by(shop.role)
    lines = [talk.text("Whom do you invite to <b>{shop}</b>?", shop=shop_name(shop))]
    lines += [f"• {talk.text(ROLES[role])}: {talk.text(MAY[role])}" for role in given]
    rows: list[Row] = [[talk.button(ROLES[role], Action.INVITE_AS, cabinet_id, role[0])] for role in given]
    await talk.show("\n".join(lines), keyboard(*rows, [talk.button("« Members", Action.MEMBERS, cabinet_id)]))


async def invite_as(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """A link that one person can use; it is said in a message of its own, to be forwarded."""
    cabinet_id, role = press.uuid(), LETTERS[press.text()]
    made = await talk.gateway.call(invite.asyncio_detailed, cabinet_id, body=Invite(role=role))
    shop = (await talk.gateway.call(get_cabinet.asyncio_detailed, cabinet_id)).data
    me = await talk.bot.me()
    link = f"https://t.me/{me.username}?start={made.token}"
    text = talk.text(
        "You are invited to <b>{shop}</b> in Pulse: {role}.\n{link}\n\nThe link works once, until {until}.",
        shop=shop_name(shop),
        role=talk.text(ROLES[role]),
        link=link,
        until=talk.moment(made.expires_at),
    )
    await talk.say(text)
    await _show_members(talk, cabinet_id, talk.text("✉️ Forward the message with the link to the one you invite."))


async def show_invitations(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Invitations that nobody has used yet."""
    await _show_invitations(talk, press.uuid())


async def _show_invitations(talk: Conversation, cabinet_id: UUID) -> None:
    found = (await talk.gateway.call(list_invitations.asyncio_detailed, cabinet_id)).data[:MOST_SHOWN]
    back = [talk.button("« Members", Action.MEMBERS, cabinet_id)]
    if not found:
        await talk.show(talk.text("There are no open invitations."), keyboard(back))
        return
    rows: list[Row] = [
        [
            talk.button(
                "🚫 {role}, until {until}",
                Action.INVITATION_REVOKE,
                cabinet_id,
                each.invitation_id.bytes[-8:],
                role=talk.text(ROLES[each.role]),
                until=talk.moment(each.expires_at),
            )
        ]
        for each in found
    ]
    await talk.show(talk.text("Open invitations. Press one to take it back."), keyboard(*rows, back))


async def revoke(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The link works no more."""
    cabinet_id, end = press.uuid(), press.rest()
    found = (await talk.gateway.call(list_invitations.asyncio_detailed, cabinet_id)).data
    for each in found:
        if each.invitation_id.bytes[-8:] == end:
            await talk.gateway.call(revoke_invitation.asyncio_detailed, cabinet_id, each.invitation_id)
    await _show_invitations(talk, cabinet_id)


def member_name(talk: Conversation, member: Member) -> str:
    """What he calls himself, or his id; as HTML, and a link to him."""
    return f'<a href="tg://user?id={member.telegram_id}">{name(_plain(talk, member), 60)}</a>'


def _plain(talk: Conversation, member: Member) -> str:
    called = " ".join(filter(None, (member.first_name, member.last_name))) or member.username
    if member.telegram_id == talk.user.id:
        called = talk.text("you")
    return (called or str(member.telegram_id))[:60]


def _role_of(members: Sequence[Member], telegram_id: int) -> str:
    return next((str(each.role) for each in members if each.telegram_id == telegram_id), "viewer")


def _given_by(role: str) -> tuple[str, ...]:
    return GIVEN if role == "owner" else GIVEN[:2] if role == "manager" else ()


def _may_change(mine: str, role: str) -> bool:
    return role in _given_by(mine)
