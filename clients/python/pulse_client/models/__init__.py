"""Contains all the data models used in inputs/outputs"""

from .accept import Accept
from .advert_period import AdvertPeriod
from .adverts import Adverts
from .adverts_of_period import AdvertsOfPeriod
from .alert_state import AlertState
from .all_reviews import AllReviews
from .answer_state import AnswerState
from .answer_text import AnswerText
from .answered_cabinet_details import AnsweredCabinetDetails
from .answered_completeness import AnsweredCompleteness
from .answered_digest import AnsweredDigest
from .answered_effective_settings import AnsweredEffectiveSettings
from .answered_listed_alert import AnsweredListedAlert
from .answered_order import AnsweredOrder
from .answered_order_report import AnsweredOrderReport
from .answered_product import AnsweredProduct
from .answered_profile import AnsweredProfile
from .answered_question import AnsweredQuestion
from .answered_review import AnsweredReview
from .answered_reviews_report import AnsweredReviewsReport
from .answered_sales_report import AnsweredSalesReport
from .answered_settings import AnsweredSettings
from .answered_shown_target import AnsweredShownTarget
from .answered_stock_by_place import AnsweredStockByPlace
from .answered_sync_status import AnsweredSyncStatus
from .answered_told_why import AnsweredToldWhy
from .answered_vapid_key import AnsweredVapidKey
from .answered_wb_command import AnsweredWbCommand
from .answered_webhook import AnsweredWebhook
from .backfill import Backfill
from .backfill_record import BackfillRecord
from .backfill_record_state import BackfillRecordState
from .backfill_state import BackfillState
from .backfill_why import BackfillWhy
from .before_figures import BeforeFigures
from .buyout import Buyout
from .buyout_period import BuyoutPeriod
from .cabinet import Cabinet
from .cabinet_changes import CabinetChanges
from .cabinet_changes_status_type_0 import CabinetChangesStatusType0
from .cabinet_details import CabinetDetails
from .cabinet_details_status import CabinetDetailsStatus
from .cabinet_record import CabinetRecord
from .cabinet_record_status import CabinetRecordStatus
from .cabinet_status import CabinetStatus
from .category import Category
from .cause_item import CauseItem
from .change import Change
from .change_part import ChangePart
from .change_part_cause import ChangePartCause
from .change_role import ChangeRole
from .change_role_role import ChangeRoleRole
from .change_settings import ChangeSettings
from .change_settings_language_type_0 import ChangeSettingsLanguageType0
from .change_webhook import ChangeWebhook
from .change_webhook_event_types_item import ChangeWebhookEventTypesItem
from .change_webhook_state_type_0 import ChangeWebhookStateType0
from .compared import Compared
from .compared_day import ComparedDay
from .compared_days import ComparedDays
from .completeness import Completeness
from .completeness_gap import CompletenessGap
from .completeness_gap_kind import CompletenessGapKind
from .confirm_target import ConfirmTarget
from .connect_cabinet import ConnectCabinet
from .cost import Cost
from .currency_digest import CurrencyDigest
from .day_figures import DayFigures
from .dead_letter_record import DeadLetterRecord
from .delivery_record import DeliveryRecord
from .delivery_record_status import DeliveryRecordStatus
from .delivery_status import DeliveryStatus
from .difference import Difference
from .digest import Digest
from .digest_kind import DigestKind
from .disagreements import Disagreements
from .effective_settings import EffectiveSettings
from .effective_settings_channel import EffectiveSettingsChannel
from .effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type import (
    EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType,
)
from .effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level import (
    EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel,
)
from .effective_union_quiet_none_type import EffectiveUnionQuietNoneType
from .effective_union_quiet_none_type_level import EffectiveUnionQuietNoneTypeLevel
from .effectivebool import Effectivebool
from .effectivebool_level import EffectiveboolLevel
from .effectiveint import Effectiveint
from .effectiveint_level import EffectiveintLevel
from .effectivestr import Effectivestr
from .effectivestr_level import EffectivestrLevel
from .effectivetupleint import Effectivetupleint
from .effectivetupleint_level import EffectivetupleintLevel
from .enter_cost import EnterCost
from .enter_email import EnterEmail
from .enter_firebase import EnterFirebase
from .enter_lead_time import EnterLeadTime
from .enter_month_plan import EnterMonthPlan
from .enter_mute import EnterMute
from .enter_mute_kind_type_0 import EnterMuteKindType0
from .enter_other_cost import EnterOtherCost
from .enter_quiet import EnterQuiet
from .enter_rule import EnterRule
from .enter_rule_channel_type_0 import EnterRuleChannelType0
from .enter_rule_kind_type_0 import EnterRuleKindType0
from .enter_settings import EnterSettings
from .enter_settings_language import EnterSettingsLanguage
from .enter_tax import EnterTax
from .enter_telegram import EnterTelegram
from .enter_web_push import EnterWebPush
from .enter_webhook import EnterWebhook
from .enter_webhook_event_types_item import EnterWebhookEventTypesItem
from .entered_cost import EnteredCost
from .entered_lead_time import EnteredLeadTime
from .entered_month_plan import EnteredMonthPlan
from .entered_mute import EnteredMute
from .entered_other_cost import EnteredOtherCost
from .entered_rows_cost import EnteredRowsCost
from .entered_rows_lead_time import EnteredRowsLeadTime
from .entered_rows_month_plan import EnteredRowsMonthPlan
from .entered_rows_other_cost import EnteredRowsOtherCost
from .entered_rows_tax import EnteredRowsTax
from .entered_tax import EnteredTax
from .estimate import Estimate
from .field_error import FieldError
from .figures_in_currency import FiguresInCurrency
from .get_effective_settings_channel import GetEffectiveSettingsChannel
from .get_effective_settings_kind import GetEffectiveSettingsKind
from .get_sync_completeness_resource import GetSyncCompletenessResource
from .give_token import GiveToken
from .group_by import GroupBy
from .incoming import Incoming
from .invitation import Invitation
from .invite import Invite
from .invite_role import InviteRole
from .item_performance import ItemPerformance
from .item_stock import ItemStock
from .joined import Joined
from .key_changes import KeyChanges
from .key_changes_scopes_type_0_item import KeyChangesScopesType0Item
from .key_record import KeyRecord
from .key_record_scopes_item import KeyRecordScopesItem
from .last_command import LastCommand
from .last_command_kind import LastCommandKind
from .last_command_state import LastCommandState
from .lead_time import LeadTime
from .left import Left
from .list_alerts_format import ListAlertsFormat
from .list_alerts_severity import ListAlertsSeverity
from .list_all_cabinets_sort import ListAllCabinetsSort
from .list_backfills_sort import ListBackfillsSort
from .list_cabinets_format import ListCabinetsFormat
from .list_commands_format import ListCommandsFormat
from .list_configuration_sort import ListConfigurationSort
from .list_costs_format import ListCostsFormat
from .list_dead_letters_sort import ListDeadLettersSort
from .list_deliveries_sort import ListDeliveriesSort
from .list_digests_format import ListDigestsFormat
from .list_invitations_format import ListInvitationsFormat
from .list_keys_sort import ListKeysSort
from .list_lead_times_format import ListLeadTimesFormat
from .list_members_format import ListMembersFormat
from .list_message_kinds_format import ListMessageKindsFormat
from .list_meta import ListMeta
from .list_meta_source import ListMetaSource
from .list_orders_format import ListOrdersFormat
from .list_orders_state import ListOrdersState
from .list_other_costs_format import ListOtherCostsFormat
from .list_performance_abc import ListPerformanceAbc
from .list_performance_format import ListPerformanceFormat
from .list_performance_xyz import ListPerformanceXyz
from .list_plan_progress_format import ListPlanProgressFormat
from .list_plans_format import ListPlansFormat
from .list_products_format import ListProductsFormat
from .list_quarantine_sort import ListQuarantineSort
from .list_questions_format import ListQuestionsFormat
from .list_replays_sort import ListReplaysSort
from .list_reviews_format import ListReviewsFormat
from .list_sessions_format import ListSessionsFormat
from .list_stocks_format import ListStocksFormat
from .list_sync_logs_sort import ListSyncLogsSort
from .list_syncs_sort import ListSyncsSort
from .list_targets_format import ListTargetsFormat
from .list_taxes_format import ListTaxesFormat
from .list_told_format import ListToldFormat
from .list_told_kind import ListToldKind
from .list_users_sort import ListUsersSort
from .list_webhook_deliveries_format import ListWebhookDeliveriesFormat
from .list_webhooks_format import ListWebhooksFormat
from .listed_alert import ListedAlert
from .listed_alert_figures import ListedAlertFigures
from .listed_alert_severity import ListedAlertSeverity
from .listed_cabinet import ListedCabinet
from .listed_digest import ListedDigest
from .listed_entered_cost import ListedEnteredCost
from .listed_entered_lead_time import ListedEnteredLeadTime
from .listed_entered_month_plan import ListedEnteredMonthPlan
from .listed_entered_other_cost import ListedEnteredOtherCost
from .listed_entered_tax import ListedEnteredTax
from .listed_invitation import ListedInvitation
from .listed_item_performance import ListedItemPerformance
from .listed_item_stock import ListedItemStock
from .listed_listed_alert import ListedListedAlert
from .listed_listed_digest import ListedListedDigest
from .listed_listed_product import ListedListedProduct
from .listed_member import ListedMember
from .listed_order import ListedOrder
from .listed_plan_progress import ListedPlanProgress
from .listed_product import ListedProduct
from .listed_question import ListedQuestion
from .listed_review import ListedReview
from .listed_session import ListedSession
from .listed_shown_kind import ListedShownKind
from .listed_shown_target import ListedShownTarget
from .listed_sync_status import ListedSyncStatus
from .listed_told import ListedTold
from .listed_wb_command import ListedWbCommand
from .listed_webhook import ListedWebhook
from .listed_webhook_delivery import ListedWebhookDelivery
from .made_key import MadeKey
from .made_key_scopes_item import MadeKeyScopesItem
from .mark import Mark
from .mark_state import MarkState
from .member import Member
from .meta import Meta
from .meta_source import MetaSource
from .mini_app_sign_in import MiniAppSignIn
from .month_plan import MonthPlan
from .mute import Mute
from .mute_for import MuteFor
from .mute_for_kind_type_0 import MuteForKindType0
from .new_backfill import NewBackfill
from .new_backfill_resource import NewBackfillResource
from .new_cabinet import NewCabinet
from .new_invitation import NewInvitation
from .new_key import NewKey
from .new_key_scopes_item import NewKeyScopesItem
from .new_replay import NewReplay
from .new_user import NewUser
from .new_webhook import NewWebhook
from .new_webhook_paused_because_type_0 import NewWebhookPausedBecauseType0
from .new_webhook_state import NewWebhookState
from .order import Order
from .order_report import OrderReport
from .order_sort import OrderSort
from .order_state import OrderState
from .origin import Origin
from .other_cost import OtherCost
from .performance_sort import PerformanceSort
from .period_days import PeriodDays
from .period_figures import PeriodFigures
from .period_speed import PeriodSpeed
from .place_stock import PlaceStock
from .place_stock_source import PlaceStockSource
from .plan import Plan
from .plan_progress import PlanProgress
from .price_range import PriceRange
from .problem_details import ProblemDetails
from .product import Product
from .product_card import ProductCard
from .product_figures import ProductFigures
from .product_size import ProductSize
from .product_sort import ProductSort
from .product_state import ProductState
from .profile import Profile
from .profile_cabinet import ProfileCabinet
from .quarantine_record import QuarantineRecord
from .question import Question
from .quiet import Quiet
from .rank import Rank
from .rank_abc_profit_type_0 import RankAbcProfitType0
from .rank_abc_revenue_type_0 import RankAbcRevenueType0
from .rank_xyz_type_0 import RankXyzType0
from .rating import Rating
from .redrive import Redrive
from .redrive_record import RedriveRecord
from .refresh import Refresh
from .region import Region
from .regions import Regions
from .rename_cabinet import RenameCabinet
from .replay import Replay
from .replay_changes import ReplayChanges
from .replay_changes_state_type_0 import ReplayChangesStateType0
from .replay_record import ReplayRecord
from .replay_record_state import ReplayRecordState
from .reported_ads import ReportedAds
from .reported_buyout import ReportedBuyout
from .reported_itself import ReportedItself
from .reported_itself_state import ReportedItselfState
from .reported_money import ReportedMoney
from .reported_product import ReportedProduct
from .reported_product_abc_profit_type_0 import ReportedProductAbcProfitType0
from .reported_product_abc_type_0 import ReportedProductAbcType0
from .reported_product_xyz_type_0 import ReportedProductXyzType0
from .reported_route import ReportedRoute
from .reported_stock import ReportedStock
from .reported_today import ReportedToday
from .reported_velocity import ReportedVelocity
from .requested_replay import RequestedReplay
from .requested_test import RequestedTest
from .requested_test_message import RequestedTestMessage
from .resource_completeness import ResourceCompleteness
from .resource_freshness import ResourceFreshness
from .resource_freshness_every_because_type_0 import ResourceFreshnessEveryBecauseType0
from .resource_freshness_status import ResourceFreshnessStatus
from .resource_freshness_waits_for_type_0 import ResourceFreshnessWaitsForType0
from .resource_status import ResourceStatus
from .resource_status_every_because_type_0 import ResourceStatusEveryBecauseType0
from .resource_status_status import ResourceStatusStatus
from .resource_status_waits_for_type_0 import ResourceStatusWaitsForType0
from .review import Review
from .review_change import ReviewChange
from .review_figures import ReviewFigures
from .review_group import ReviewGroup
from .review_group_by import ReviewGroupBy
from .reviews import Reviews
from .reviews_of_days import ReviewsOfDays
from .reviews_of_period import ReviewsOfPeriod
from .reviews_report import ReviewsReport
from .role import Role
from .rotate_secret import RotateSecret
from .run import Run
from .run_resource import RunResource
from .run_resource_status import RunResourceStatus
from .run_status import RunStatus
from .running_out import RunningOut
from .said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type import (
    SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType,
)
from .said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level import (
    SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel,
)
from .said_at_union_quiet_none_type import SaidAtUnionQuietNoneType
from .said_at_union_quiet_none_type_level import SaidAtUnionQuietNoneTypeLevel
from .said_atbool import SaidAtbool
from .said_atbool_level import SaidAtboolLevel
from .said_atint import SaidAtint
from .said_atint_level import SaidAtintLevel
from .said_atstr import SaidAtstr
from .said_atstr_level import SaidAtstrLevel
from .said_attupleint import SaidAttupleint
from .said_attupleint_level import SaidAttupleintLevel
from .sales_before import SalesBefore
from .sales_figures import SalesFigures
from .sales_group import SalesGroup
from .sales_period import SalesPeriod
from .sales_report import SalesReport
from .sales_total import SalesTotal
from .secret import Secret
from .session import Session
from .session_opened_with import SessionOpenedWith
from .setting_record import SettingRecord
from .settings import Settings
from .settings_language import SettingsLanguage
from .settings_rule import SettingsRule
from .settings_rule_channel_type_0 import SettingsRuleChannelType0
from .shown_kind import ShownKind
from .shown_kind_family import ShownKindFamily
from .shown_target import ShownTarget
from .shown_target_channel import ShownTargetChannel
from .shown_target_state import ShownTargetState
from .size_price import SizePrice
from .size_speed import SizeSpeed
from .size_units import SizeUnits
from .snooze import Snooze
from .source_age import SourceAge
from .source_age_then import SourceAgeThen
from .speed import Speed
from .start_sync import StartSync
from .start_sync_resources_item import StartSyncResourcesItem
from .started_sync import StartedSync
from .stock import Stock
from .stock_by_place import StockByPlace
from .stock_sort import StockSort
from .stock_state import StockState
from .sync_log_record import SyncLogRecord
from .sync_record import SyncRecord
from .sync_record_status import SyncRecordStatus
from .sync_status import SyncStatus
from .tax import Tax
from .tax_base import TaxBase
from .today_and_yesterday import TodayAndYesterday
from .token import Token
from .token_kind import TokenKind
from .tokens import Tokens
from .told import Told
from .told_channel import ToldChannel
from .told_status import ToldStatus
from .told_why import ToldWhy
from .told_why_channel import ToldWhyChannel
from .told_why_figures import ToldWhyFigures
from .top_item import TopItem
from .unit_economics import UnitEconomics
from .unit_money import UnitMoney
from .units import Units
from .unmute_notifications_kind import UnmuteNotificationsKind
from .user_changes import UserChanges
from .user_record import UserRecord
from .vapid_key import VapidKey
from .velocity import Velocity
from .warehouse_units import WarehouseUnits
from .wb_command import WbCommand
from .wb_command_kind import WbCommandKind
from .wb_command_state import WbCommandState
from .webhook import Webhook
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_last_outcome_type_0 import WebhookDeliveryLastOutcomeType0
from .webhook_paused_because_type_0 import WebhookPausedBecauseType0
from .webhook_state import WebhookState
from .why import Why
from .widget_sign_in import WidgetSignIn

__all__ = (
    "Accept",
    "AdvertPeriod",
    "Adverts",
    "AdvertsOfPeriod",
    "AlertState",
    "AllReviews",
    "AnsweredCabinetDetails",
    "AnsweredCompleteness",
    "AnsweredDigest",
    "AnsweredEffectiveSettings",
    "AnsweredListedAlert",
    "AnsweredOrder",
    "AnsweredOrderReport",
    "AnsweredProduct",
    "AnsweredProfile",
    "AnsweredQuestion",
    "AnsweredReview",
    "AnsweredReviewsReport",
    "AnsweredSalesReport",
    "AnsweredSettings",
    "AnsweredShownTarget",
    "AnsweredStockByPlace",
    "AnsweredSyncStatus",
    "AnsweredToldWhy",
    "AnsweredVapidKey",
    "AnsweredWbCommand",
    "AnsweredWebhook",
    "AnswerState",
    "AnswerText",
    "Backfill",
    "BackfillRecord",
    "BackfillRecordState",
    "BackfillState",
    "BackfillWhy",
    "BeforeFigures",
    "Buyout",
    "BuyoutPeriod",
    "Cabinet",
    "CabinetChanges",
    "CabinetChangesStatusType0",
    "CabinetDetails",
    "CabinetDetailsStatus",
    "CabinetRecord",
    "CabinetRecordStatus",
    "CabinetStatus",
    "Category",
    "CauseItem",
    "Change",
    "ChangePart",
    "ChangePartCause",
    "ChangeRole",
    "ChangeRoleRole",
    "ChangeSettings",
    "ChangeSettingsLanguageType0",
    "ChangeWebhook",
    "ChangeWebhookEventTypesItem",
    "ChangeWebhookStateType0",
    "Compared",
    "ComparedDay",
    "ComparedDays",
    "Completeness",
    "CompletenessGap",
    "CompletenessGapKind",
    "ConfirmTarget",
    "ConnectCabinet",
    "Cost",
    "CurrencyDigest",
    "DayFigures",
    "DeadLetterRecord",
    "DeliveryRecord",
    "DeliveryRecordStatus",
    "DeliveryStatus",
    "Difference",
    "Digest",
    "DigestKind",
    "Disagreements",
    "Effectivebool",
    "EffectiveboolLevel",
    "Effectiveint",
    "EffectiveintLevel",
    "EffectiveSettings",
    "EffectiveSettingsChannel",
    "Effectivestr",
    "EffectivestrLevel",
    "Effectivetupleint",
    "EffectivetupleintLevel",
    "EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType",
    "EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel",
    "EffectiveUnionQuietNoneType",
    "EffectiveUnionQuietNoneTypeLevel",
    "EnterCost",
    "EnteredCost",
    "EnteredLeadTime",
    "EnteredMonthPlan",
    "EnteredMute",
    "EnteredOtherCost",
    "EnteredRowsCost",
    "EnteredRowsLeadTime",
    "EnteredRowsMonthPlan",
    "EnteredRowsOtherCost",
    "EnteredRowsTax",
    "EnteredTax",
    "EnterEmail",
    "EnterFirebase",
    "EnterLeadTime",
    "EnterMonthPlan",
    "EnterMute",
    "EnterMuteKindType0",
    "EnterOtherCost",
    "EnterQuiet",
    "EnterRule",
    "EnterRuleChannelType0",
    "EnterRuleKindType0",
    "EnterSettings",
    "EnterSettingsLanguage",
    "EnterTax",
    "EnterTelegram",
    "EnterWebhook",
    "EnterWebhookEventTypesItem",
    "EnterWebPush",
    "Estimate",
    "FieldError",
    "FiguresInCurrency",
    "GetEffectiveSettingsChannel",
    "GetEffectiveSettingsKind",
    "GetSyncCompletenessResource",
    "GiveToken",
    "GroupBy",
    "Incoming",
    "Invitation",
    "Invite",
    "InviteRole",
    "ItemPerformance",
    "ItemStock",
    "Joined",
    "KeyChanges",
    "KeyChangesScopesType0Item",
    "KeyRecord",
    "KeyRecordScopesItem",
    "LastCommand",
    "LastCommandKind",
    "LastCommandState",
    "LeadTime",
    "Left",
    "ListAlertsFormat",
    "ListAlertsSeverity",
    "ListAllCabinetsSort",
    "ListBackfillsSort",
    "ListCabinetsFormat",
    "ListCommandsFormat",
    "ListConfigurationSort",
    "ListCostsFormat",
    "ListDeadLettersSort",
    "ListDeliveriesSort",
    "ListDigestsFormat",
    "ListedAlert",
    "ListedAlertFigures",
    "ListedAlertSeverity",
    "ListedCabinet",
    "ListedDigest",
    "ListedEnteredCost",
    "ListedEnteredLeadTime",
    "ListedEnteredMonthPlan",
    "ListedEnteredOtherCost",
    "ListedEnteredTax",
    "ListedInvitation",
    "ListedItemPerformance",
    "ListedItemStock",
    "ListedListedAlert",
    "ListedListedDigest",
    "ListedListedProduct",
    "ListedMember",
    "ListedOrder",
    "ListedPlanProgress",
    "ListedProduct",
    "ListedQuestion",
    "ListedReview",
    "ListedSession",
    "ListedShownKind",
    "ListedShownTarget",
    "ListedSyncStatus",
    "ListedTold",
    "ListedWbCommand",
    "ListedWebhook",
    "ListedWebhookDelivery",
    "ListInvitationsFormat",
    "ListKeysSort",
    "ListLeadTimesFormat",
    "ListMembersFormat",
    "ListMessageKindsFormat",
    "ListMeta",
    "ListMetaSource",
    "ListOrdersFormat",
    "ListOrdersState",
    "ListOtherCostsFormat",
    "ListPerformanceAbc",
    "ListPerformanceFormat",
    "ListPerformanceXyz",
    "ListPlanProgressFormat",
    "ListPlansFormat",
    "ListProductsFormat",
    "ListQuarantineSort",
    "ListQuestionsFormat",
    "ListReplaysSort",
    "ListReviewsFormat",
    "ListSessionsFormat",
    "ListStocksFormat",
    "ListSyncLogsSort",
    "ListSyncsSort",
    "ListTargetsFormat",
    "ListTaxesFormat",
    "ListToldFormat",
    "ListToldKind",
    "ListUsersSort",
    "ListWebhookDeliveriesFormat",
    "ListWebhooksFormat",
    "MadeKey",
    "MadeKeyScopesItem",
    "Mark",
    "MarkState",
    "Member",
    "Meta",
    "MetaSource",
    "MiniAppSignIn",
    "MonthPlan",
    "Mute",
    "MuteFor",
    "MuteForKindType0",
    "NewBackfill",
    "NewBackfillResource",
    "NewCabinet",
    "NewInvitation",
    "NewKey",
    "NewKeyScopesItem",
    "NewReplay",
    "NewUser",
    "NewWebhook",
    "NewWebhookPausedBecauseType0",
    "NewWebhookState",
    "Order",
    "OrderReport",
    "OrderSort",
    "OrderState",
    "Origin",
    "OtherCost",
    "PerformanceSort",
    "PeriodDays",
    "PeriodFigures",
    "PeriodSpeed",
    "PlaceStock",
    "PlaceStockSource",
    "Plan",
    "PlanProgress",
    "PriceRange",
    "ProblemDetails",
    "Product",
    "ProductCard",
    "ProductFigures",
    "ProductSize",
    "ProductSort",
    "ProductState",
    "Profile",
    "ProfileCabinet",
    "QuarantineRecord",
    "Question",
    "Quiet",
    "Rank",
    "RankAbcProfitType0",
    "RankAbcRevenueType0",
    "RankXyzType0",
    "Rating",
    "Redrive",
    "RedriveRecord",
    "Refresh",
    "Region",
    "Regions",
    "RenameCabinet",
    "Replay",
    "ReplayChanges",
    "ReplayChangesStateType0",
    "ReplayRecord",
    "ReplayRecordState",
    "ReportedAds",
    "ReportedBuyout",
    "ReportedItself",
    "ReportedItselfState",
    "ReportedMoney",
    "ReportedProduct",
    "ReportedProductAbcProfitType0",
    "ReportedProductAbcType0",
    "ReportedProductXyzType0",
    "ReportedRoute",
    "ReportedStock",
    "ReportedToday",
    "ReportedVelocity",
    "RequestedReplay",
    "RequestedTest",
    "RequestedTestMessage",
    "ResourceCompleteness",
    "ResourceFreshness",
    "ResourceFreshnessEveryBecauseType0",
    "ResourceFreshnessStatus",
    "ResourceFreshnessWaitsForType0",
    "ResourceStatus",
    "ResourceStatusEveryBecauseType0",
    "ResourceStatusStatus",
    "ResourceStatusWaitsForType0",
    "Review",
    "ReviewChange",
    "ReviewFigures",
    "ReviewGroup",
    "ReviewGroupBy",
    "Reviews",
    "ReviewsOfDays",
    "ReviewsOfPeriod",
    "ReviewsReport",
    "Role",
    "RotateSecret",
    "Run",
    "RunningOut",
    "RunResource",
    "RunResourceStatus",
    "RunStatus",
    "SaidAtbool",
    "SaidAtboolLevel",
    "SaidAtint",
    "SaidAtintLevel",
    "SaidAtstr",
    "SaidAtstrLevel",
    "SaidAttupleint",
    "SaidAttupleintLevel",
    "SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType",
    "SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel",
    "SaidAtUnionQuietNoneType",
    "SaidAtUnionQuietNoneTypeLevel",
    "SalesBefore",
    "SalesFigures",
    "SalesGroup",
    "SalesPeriod",
    "SalesReport",
    "SalesTotal",
    "Secret",
    "Session",
    "SessionOpenedWith",
    "SettingRecord",
    "Settings",
    "SettingsLanguage",
    "SettingsRule",
    "SettingsRuleChannelType0",
    "ShownKind",
    "ShownKindFamily",
    "ShownTarget",
    "ShownTargetChannel",
    "ShownTargetState",
    "SizePrice",
    "SizeSpeed",
    "SizeUnits",
    "Snooze",
    "SourceAge",
    "SourceAgeThen",
    "Speed",
    "StartedSync",
    "StartSync",
    "StartSyncResourcesItem",
    "Stock",
    "StockByPlace",
    "StockSort",
    "StockState",
    "SyncLogRecord",
    "SyncRecord",
    "SyncRecordStatus",
    "SyncStatus",
    "Tax",
    "TaxBase",
    "TodayAndYesterday",
    "Token",
    "TokenKind",
    "Tokens",
    "Told",
    "ToldChannel",
    "ToldStatus",
    "ToldWhy",
    "ToldWhyChannel",
    "ToldWhyFigures",
    "TopItem",
    "UnitEconomics",
    "UnitMoney",
    "Units",
    "UnmuteNotificationsKind",
    "UserChanges",
    "UserRecord",
    "VapidKey",
    "Velocity",
    "WarehouseUnits",
    "WbCommand",
    "WbCommandKind",
    "WbCommandState",
    "Webhook",
    "WebhookDelivery",
    "WebhookDeliveryLastOutcomeType0",
    "WebhookPausedBecauseType0",
    "WebhookState",
    "Why",
    "WidgetSignIn",
)
