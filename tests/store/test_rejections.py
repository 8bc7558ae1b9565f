"""Rejected rows are kept whole until a delivery reads them."""

from __future__ import annotations

from adapters.base import REJECTION_COLUMNS
from collector.store import Store
from tests.conftest import Clock
from tests.store.world import Row, delivery, rejection, rejections


def _reject(store: Store, *rows: Row, content: str = "c1", source: str = "a") -> None:
    with delivery(store, content=content, source=source) as opened:
        opened.reject(rejections(*rows))
        opened.finish(len(rows), {})


def test_a_rejected_row_is_kept_as_it_was(store: Store) -> None:
    raw = '{"报障时间": "昨天\\n下午", "备注": ""}'
    _reject(store, rejection(7, raw=raw, key="A-1", value="昨天\n下午"))
    told = store.rejections().iloc[0]
    assert told[list(REJECTION_COLUMNS)].tolist() == [
        "ticket", "表", 7, "报障时间", "reported_at", "昨天\n下午", "not_a_time", "不是时间", raw, "A-1",
    ]  # fmt: skip
    assert (told["source"], told["name"], told["content_hash"], told["sequence"]) == ("a", "c1.xlsx", "c1", 1)


def test_empty_texts_and_absent_values_stay_apart(store: Store) -> None:
    _reject(store, rejection(7, value="", header=None, key=None))
    told = store.rejections().iloc[0]
    assert (told["value"], told["header"] is None or told.isna()["header"]) == ("", True)


def test_rejections_come_in_the_order_of_deliveries_and_rows(store: Store) -> None:
    _reject(store, rejection(9), rejection(3), content="c1")
    _reject(store, rejection(1), content="c2")
    assert store.rejections()["row_no"].tolist() == [9, 3, 1]


def test_a_later_delivery_resolves_them(store: Store, clock: Clock) -> None:
    _reject(store, rejection(3), rejection(4), content="c1")
    first = int(store.rejections()["rejection_id"].iloc[0])
    clock.forward(60)
    with delivery(store, content="c2", kind="correction") as opened:
        opened.resolve_rejections([first])
        opened.finish(0, {})
    assert store.rejections()["row_no"].tolist() == [4]
    resolved = store.rejections(open_only=False).iloc[0]
    assert (resolved["state"], resolved["resolved_by"], resolved["resolved_at"]) == ("resolved", 2, clock.now)


def test_what_was_resolved_stays_resolved_by_the_first(store: Store) -> None:
    _reject(store, rejection(3), content="c1")
    rejection_id = int(store.rejections()["rejection_id"].iloc[0])
    for content in ("c2", "c3"):
        with delivery(store, content=content) as opened:
            opened.resolve_rejections([rejection_id])
            opened.finish(0, {})
    assert store.rejections(open_only=False)["resolved_by"].tolist() == [2]


def test_they_can_be_asked_by_source_and_by_code(store: Store) -> None:
    _reject(store, rejection(1), rejection(2, code="unknown_asset"), content="c1", source="a")
    _reject(store, rejection(3, code="unknown_asset"), content="c2", source="b")
    assert store.rejections(source="a")["row_no"].tolist() == [1, 2]
    assert store.rejections(code="unknown_asset")["row_no"].tolist() == [2, 3]
    assert len(store.rejections(source="c")) == 0


def test_they_are_counted_by_source(store: Store) -> None:
    _reject(store, rejection(1), rejection(2), content="c1", source="a")
    _reject(store, rejection(3), content="c2", source="b")
    with delivery(store, content="c3", source="b") as opened:
        opened.resolve_rejections([3])
        opened.finish(0, {})
    assert store.rejection_log().counts() == {"a": 2}
    assert store.rejection_log().counts(open_only=False) == {"a": 2, "b": 1}


def test_a_few_of_many(store: Store) -> None:
    _reject(store, *(rejection(number) for number in range(1, 6)))
    assert store.rejection_log().rows(first=2)["row_no"].tolist() == [1, 2]
    assert store.rejection_log().rows(skip=3)["row_no"].tolist() == [4, 5]


def test_by_place_those_of_one_row_stand_together_whatever_their_order(store: Store) -> None:
    _reject(store, rejection(9, reason="一"), rejection(3), rejection(9, reason="二"), content="c1", source="b")
    _reject(store, rejection(1), content="c2", source="a")
    _reject(store, rejection(2), content="c3", source="b")
    told = [(row["source"], row["name"], row["row_no"], row["reason"]) for row in store.rejection_log().by_place()]
    assert told == [
        *[("a", "c2.xlsx", 1, "不是时间"), ("b", "c1.xlsx", 3, "不是时间")],
        *[("b", "c1.xlsx", 9, "一"), ("b", "c1.xlsx", 9, "二"), ("b", "c3.xlsx", 2, "不是时间")],
    ]
    assert [row["row_no"] for row in store.rejection_log().by_place("a")] == [1]
    (first,) = store.rejections(source="a").to_dict("records")
    (same,) = store.rejection_log().by_place("a")
    assert {str(name): None if value != value else value for name, value in first.items()} == dict(same)


def test_what_tells_them_again_is_the_key_or_else_text_and_place(store: Store) -> None:
    _reject(store, rejection(7, key="A-1", raw="{1}"), rejection(8, key=None, raw="{2}"))
    keyed, unkeyed = (
        store.rejection_log().waiting("a").astype(object).where(lambda frame: frame.notna(), None).to_dict("records")
    )
    assert (keyed["key"], keyed["raw"], keyed["sheet"], keyed["name"]) == ("A-1", None, None, None)
    assert (unkeyed["key"], unkeyed["raw"], unkeyed["sheet"], unkeyed["name"]) == (None, "{2}", "表", "c1.xlsx")
    assert (unkeyed["code"], unkeyed["value"], unkeyed["row_no"]) == ("not_a_time", "昨天", 8)
