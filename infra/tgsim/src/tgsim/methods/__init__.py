"""The Bot API methods by name."""

from tgsim.methods import chats, commands, editing, receiving, sending
from tgsim.methods.checks import Method

METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method)
    for name, method in (
        ("getMe", receiving.get_me),
        ("getUpdates", receiving.get_updates),
        ("setWebhook", receiving.set_webhook),
        ("deleteWebhook", receiving.delete_webhook),
        ("getWebhookInfo", receiving.get_webhook_info),
        ("answerCallbackQuery", receiving.answer_callback_query),
        ("getFile", receiving.get_file),
        ("sendMessage", sending.send_message),
        ("sendPhoto", sending.send_photo),
        ("sendDocument", sending.send_document),
        ("sendChatAction", sending.send_chat_action),
        ("editMessageText", editing.edit_message_text),
        ("editMessageCaption", editing.edit_message_caption),
        ("editMessageReplyMarkup", editing.edit_message_reply_markup),
        ("editMessageMedia", editing.edit_message_media),
        ("deleteMessage", editing.delete_message),
        ("deleteMessages", editing.delete_messages),
        ("setMyCommands", commands.set_my_commands),
        ("getMyCommands", commands.get_my_commands),
        ("deleteMyCommands", commands.delete_my_commands),
        ("getChat", chats.get_chat),
        ("getChatMember", chats.get_chat_member),
        ("getChatAdministrators", chats.get_chat_administrators),
        ("getChatMemberCount", chats.get_chat_member_count),
        ("pinChatMessage", chats.pin_chat_message),
        ("unpinChatMessage", chats.unpin_chat_message),
        ("leaveChat", chats.leave_chat),
        ("setMessageReaction", chats.set_message_reaction),
        ("createForumTopic", chats.create_forum_topic),
        ("closeForumTopic", chats.close_forum_topic),
        ("reopenForumTopic", chats.reopen_forum_topic),
    )
}
