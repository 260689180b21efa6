from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CabinetPreferencesKinds")


@_attrs_define
class CabinetPreferencesKinds:
    """every kind of message: whether you are told it"""

    order_new: bool | Unset = UNSET
    order_first: bool | Unset = UNSET
    order_big: bool | Unset = UNSET
    order_changed: bool | Unset = UNSET
    order_cancelled: bool | Unset = UNSET
    order_bought: bool | Unset = UNSET
    order_returned: bool | Unset = UNSET
    order_priced: bool | Unset = UNSET
    running_out: bool | Unset = UNSET
    out_of_stock: bool | Unset = UNSET
    restocked: bool | Unset = UNSET
    replenishment_due: bool | Unset = UNSET
    price_changed: bool | Unset = UNSET
    spp_changed: bool | Unset = UNSET
    unusual_cancels: bool | Unset = UNSET
    unusual_returns: bool | Unset = UNSET
    rating_drop: bool | Unset = UNSET
    bad_review: bool | Unset = UNSET
    review_unanswered: bool | Unset = UNSET
    question_waiting: bool | Unset = UNSET
    claim_waiting: bool | Unset = UNSET
    finance_penalty: bool | Unset = UNSET
    finance_report: bool | Unset = UNSET
    reconciliation_unknown: bool | Unset = UNSET
    advert_budget_low: bool | Unset = UNSET
    digest_day: bool | Unset = UNSET
    digest_week: bool | Unset = UNSET
    digest_month: bool | Unset = UNSET
    token_expiring: bool | Unset = UNSET
    cabinet_suspended: bool | Unset = UNSET
    cabinet_resumed: bool | Unset = UNSET
    scope_refused: bool | Unset = UNSET
    scope_restored: bool | Unset = UNSET
    data_delayed: bool | Unset = UNSET
    data_recovered: bool | Unset = UNSET
    sync_done: bool | Unset = UNSET
    sync_failed: bool | Unset = UNSET
    member_joined: bool | Unset = UNSET
    member_left: bool | Unset = UNSET
    answer_published: bool | Unset = UNSET
    answer_refused: bool | Unset = UNSET
    webhook_failing: bool | Unset = UNSET
    webhook_recovered: bool | Unset = UNSET
    webhook_paused: bool | Unset = UNSET
    target_ended: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        order_new = self.order_new

        order_first = self.order_first

        order_big = self.order_big

        order_changed = self.order_changed

        order_cancelled = self.order_cancelled

        order_bought = self.order_bought

        order_returned = self.order_returned

        order_priced = self.order_priced

        running_out = self.running_out

        out_of_stock = self.out_of_stock

        restocked = self.restocked

        replenishment_due = self.replenishment_due

        price_changed = self.price_changed

        spp_changed = self.spp_changed

        unusual_cancels = self.unusual_cancels

        unusual_returns = self.unusual_returns

        rating_drop = self.rating_drop

        bad_review = self.bad_review

        review_unanswered = self.review_unanswered

        question_waiting = self.question_waiting

        claim_waiting = self.claim_waiting

        finance_penalty = self.finance_penalty

        finance_report = self.finance_report

        reconciliation_unknown = self.reconciliation_unknown

        advert_budget_low = self.advert_budget_low

        digest_day = self.digest_day

        digest_week = self.digest_week

        digest_month = self.digest_month

        token_expiring = self.token_expiring

        cabinet_suspended = self.cabinet_suspended

        cabinet_resumed = self.cabinet_resumed

        scope_refused = self.scope_refused

        scope_restored = self.scope_restored

        data_delayed = self.data_delayed

        data_recovered = self.data_recovered

        sync_done = self.sync_done

        sync_failed = self.sync_failed

        member_joined = self.member_joined

        member_left = self.member_left

        answer_published = self.answer_published

        answer_refused = self.answer_refused

        webhook_failing = self.webhook_failing

        webhook_recovered = self.webhook_recovered

        webhook_paused = self.webhook_paused

        target_ended = self.target_ended

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if order_new is not UNSET:
            field_dict["order_new"] = order_new
        if order_first is not UNSET:
            field_dict["order_first"] = order_first
        if order_big is not UNSET:
            field_dict["order_big"] = order_big
        if order_changed is not UNSET:
            field_dict["order_changed"] = order_changed
        if order_cancelled is not UNSET:
            field_dict["order_cancelled"] = order_cancelled
        if order_bought is not UNSET:
            field_dict["order_bought"] = order_bought
        if order_returned is not UNSET:
            field_dict["order_returned"] = order_returned
        if order_priced is not UNSET:
            field_dict["order_priced"] = order_priced
        if running_out is not UNSET:
            field_dict["running_out"] = running_out
        if out_of_stock is not UNSET:
            field_dict["out_of_stock"] = out_of_stock
        if restocked is not UNSET:
            field_dict["restocked"] = restocked
        if replenishment_due is not UNSET:
            field_dict["replenishment_due"] = replenishment_due
        if price_changed is not UNSET:
            field_dict["price_changed"] = price_changed
        if spp_changed is not UNSET:
            field_dict["spp_changed"] = spp_changed
        if unusual_cancels is not UNSET:
            field_dict["unusual_cancels"] = unusual_cancels
        if unusual_returns is not UNSET:
            field_dict["unusual_returns"] = unusual_returns
        if rating_drop is not UNSET:
            field_dict["rating_drop"] = rating_drop
        if bad_review is not UNSET:
            field_dict["bad_review"] = bad_review
        if review_unanswered is not UNSET:
            field_dict["review_unanswered"] = review_unanswered
        if question_waiting is not UNSET:
            field_dict["question_waiting"] = question_waiting
        if claim_waiting is not UNSET:
            field_dict["claim_waiting"] = claim_waiting
        if finance_penalty is not UNSET:
            field_dict["finance_penalty"] = finance_penalty
        if finance_report is not UNSET:
            field_dict["finance_report"] = finance_report
        if reconciliation_unknown is not UNSET:
            field_dict["reconciliation_unknown"] = reconciliation_unknown
        if advert_budget_low is not UNSET:
            field_dict["advert_budget_low"] = advert_budget_low
        if digest_day is not UNSET:
            field_dict["digest_day"] = digest_day
        if digest_week is not UNSET:
            field_dict["digest_week"] = digest_week
        if digest_month is not UNSET:
            field_dict["digest_month"] = digest_month
        if token_expiring is not UNSET:
            field_dict["token_expiring"] = token_expiring
        if cabinet_suspended is not UNSET:
            field_dict["cabinet_suspended"] = cabinet_suspended
        if cabinet_resumed is not UNSET:
            field_dict["cabinet_resumed"] = cabinet_resumed
        if scope_refused is not UNSET:
            field_dict["scope_refused"] = scope_refused
        if scope_restored is not UNSET:
            field_dict["scope_restored"] = scope_restored
        if data_delayed is not UNSET:
            field_dict["data_delayed"] = data_delayed
        if data_recovered is not UNSET:
            field_dict["data_recovered"] = data_recovered
        if sync_done is not UNSET:
            field_dict["sync_done"] = sync_done
        if sync_failed is not UNSET:
            field_dict["sync_failed"] = sync_failed
        if member_joined is not UNSET:
            field_dict["member_joined"] = member_joined
        if member_left is not UNSET:
            field_dict["member_left"] = member_left
        if answer_published is not UNSET:
            field_dict["answer_published"] = answer_published
        if answer_refused is not UNSET:
            field_dict["answer_refused"] = answer_refused
        if webhook_failing is not UNSET:
            field_dict["webhook_failing"] = webhook_failing
        if webhook_recovered is not UNSET:
            field_dict["webhook_recovered"] = webhook_recovered
        if webhook_paused is not UNSET:
            field_dict["webhook_paused"] = webhook_paused
        if target_ended is not UNSET:
            field_dict["target_ended"] = target_ended

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        order_new = d.pop("order_new", UNSET)

        order_first = d.pop("order_first", UNSET)

        order_big = d.pop("order_big", UNSET)

        order_changed = d.pop("order_changed", UNSET)

        order_cancelled = d.pop("order_cancelled", UNSET)

        order_bought = d.pop("order_bought", UNSET)

        order_returned = d.pop("order_returned", UNSET)

        order_priced = d.pop("order_priced", UNSET)

        running_out = d.pop("running_out", UNSET)

        out_of_stock = d.pop("out_of_stock", UNSET)

        restocked = d.pop("restocked", UNSET)

        replenishment_due = d.pop("replenishment_due", UNSET)

        price_changed = d.pop("price_changed", UNSET)

        spp_changed = d.pop("spp_changed", UNSET)

        unusual_cancels = d.pop("unusual_cancels", UNSET)

        unusual_returns = d.pop("unusual_returns", UNSET)

        rating_drop = d.pop("rating_drop", UNSET)

        bad_review = d.pop("bad_review", UNSET)

        review_unanswered = d.pop("review_unanswered", UNSET)

        question_waiting = d.pop("question_waiting", UNSET)

        claim_waiting = d.pop("claim_waiting", UNSET)

        finance_penalty = d.pop("finance_penalty", UNSET)

        finance_report = d.pop("finance_report", UNSET)

        reconciliation_unknown = d.pop("reconciliation_unknown", UNSET)

        advert_budget_low = d.pop("advert_budget_low", UNSET)

        digest_day = d.pop("digest_day", UNSET)

        digest_week = d.pop("digest_week", UNSET)

        digest_month = d.pop("digest_month", UNSET)

        token_expiring = d.pop("token_expiring", UNSET)

        cabinet_suspended = d.pop("cabinet_suspended", UNSET)

        cabinet_resumed = d.pop("cabinet_resumed", UNSET)

        scope_refused = d.pop("scope_refused", UNSET)

        scope_restored = d.pop("scope_restored", UNSET)

        data_delayed = d.pop("data_delayed", UNSET)

        data_recovered = d.pop("data_recovered", UNSET)

        sync_done = d.pop("sync_done", UNSET)

        sync_failed = d.pop("sync_failed", UNSET)

        member_joined = d.pop("member_joined", UNSET)

        member_left = d.pop("member_left", UNSET)

        answer_published = d.pop("answer_published", UNSET)

        answer_refused = d.pop("answer_refused", UNSET)

        webhook_failing = d.pop("webhook_failing", UNSET)

        webhook_recovered = d.pop("webhook_recovered", UNSET)

        webhook_paused = d.pop("webhook_paused", UNSET)

        target_ended = d.pop("target_ended", UNSET)

        cabinet_preferences_kinds = cls(
            order_new=order_new,
            order_first=order_first,
            order_big=order_big,
            order_changed=order_changed,
            order_cancelled=order_cancelled,
            order_bought=order_bought,
            order_returned=order_returned,
            order_priced=order_priced,
            running_out=running_out,
            out_of_stock=out_of_stock,
            restocked=restocked,
            replenishment_due=replenishment_due,
            price_changed=price_changed,
            spp_changed=spp_changed,
            unusual_cancels=unusual_cancels,
            unusual_returns=unusual_returns,
            rating_drop=rating_drop,
            bad_review=bad_review,
            review_unanswered=review_unanswered,
            question_waiting=question_waiting,
            claim_waiting=claim_waiting,
            finance_penalty=finance_penalty,
            finance_report=finance_report,
            reconciliation_unknown=reconciliation_unknown,
            advert_budget_low=advert_budget_low,
            digest_day=digest_day,
            digest_week=digest_week,
            digest_month=digest_month,
            token_expiring=token_expiring,
            cabinet_suspended=cabinet_suspended,
            cabinet_resumed=cabinet_resumed,
            scope_refused=scope_refused,
            scope_restored=scope_restored,
            data_delayed=data_delayed,
            data_recovered=data_recovered,
            sync_done=sync_done,
            sync_failed=sync_failed,
            member_joined=member_joined,
            member_left=member_left,
            answer_published=answer_published,
            answer_refused=answer_refused,
            webhook_failing=webhook_failing,
            webhook_recovered=webhook_recovered,
            webhook_paused=webhook_paused,
            target_ended=target_ended,
        )

        return cabinet_preferences_kinds
