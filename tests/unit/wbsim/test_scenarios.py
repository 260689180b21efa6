"""Scenario files: what they may say, what becomes of it, and that those shipped can be played."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from wbsim.app import create_app
from wbsim.playing import labelled_tokens
from wbsim.running import Wbsim, running_wbsim
from wbsim.scenario import BadScenario, read_scenario
from wbsim.tokens import read

SHIPPED = sorted((Path(__file__).parents[3] / "infra" / "wbsim" / "scenarios").glob("*.toml"))

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(text: str) -> Path:
        path = tmp_path / "day.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return to_file


async def until(wb: Wbsim, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await wb.control("GET", "/health")


class TestReading:
    def test_an_empty_file_is_the_usual_start(self, write: Write) -> None:
        scenario = read_scenario(write(""))
        assert (scenario.config.history_orders, scenario.config.behaviour.drift) == (500, ())

    def test_actions_are_put_in_order_of_time(self, write: Write) -> None:
        text = "".join(f"[[actions]]\nat = {at}\nfaults_off = true\n" for at in (30, 5, 20))
        assert [action["at"] for action in read_scenario(write(text)).actions] == [5, 20, 30]

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("[config]\nseeds = 1", "config.seeds: unknown field"),
            ("[config]\nspeed = 0", "config.speed: must be a number from"),
            ("[behaviour]\npage_row = 1", "behaviour.page_row: unknown field"),
            ('[behaviour]\ndrift = ["all"]', r"behaviour.drift\[0\]: must be one of"),
            ("[weather]", "weather: unknown field"),
            ("[life]\ncancel_share = 0.7\nreturn_share = 0.7", "life: the shares add up to more than 1"),
            ("[[sellers]]\nproducts = 1", r"sellers\[0\].name: field required"),
            ('[[sellers]]\nname = "a"\n[[sellers]]\nname = "a"', r"sellers\[1\].name: given twice"),
            ('[[tokens]]\nlabel = "x"\nkind = "golden"', r"tokens\[0\].kind: must be one of"),
            ('[[tokens]]\nlabel = "x"\nseller = "nobody"', r"tokens\[0\].seller: no such seller"),
            ('[[faults]]\nkind = "cut"', r"faults\[0\].path: field required"),
            ('[[faults]]\npath = "/"\nkind = "cut"\nsid = "x"', r"faults\[0\].sid: unknown field"),
            ("[[actions]]\nfaults_off = true", r"actions\[0\].at: field required"),
            ("[[actions]]\nat = 1", r"actions\[0\]: must do exactly one of settings, fault"),
            ("[[actions]]\nat = 1\nfaults_off = true\nstep = {}", r"actions\[0\]: must do exactly one of"),
            ('[[actions]]\nat = 1\nstep = { section = "moon" }', r"actions\[0\].step.section: must be one of"),
            ("[[actions]]\nat = 1\nlife = { cancel_share = 0.97 }", r"actions\[0\].life: the shares add up"),
            ("at = ", "no TOML"),
        ],
    )
    def test_what_does_not_belong_is_refused_with_file_and_key(self, write: Write, text: str, problem: str) -> None:
        with pytest.raises(BadScenario, match=rf"day\.toml: {problem}"):
            read_scenario(write(text))

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(BadScenario, match=r"none\.toml: No such file"):
            read_scenario(tmp_path / "none.toml")


class TestStart:
    TEXT = """
        [config]
        products = 2
        history_orders = 3
        [behaviour]
        page_rows = 2
        [[sellers]]
        name = "Второй"
        products = 4
        history_orders = 5
        payment_required = true
        life = { changes_per_second = 100 }
        [[tokens]]
        label = "ours"
        [[tokens]]
        label = "theirs"
        seller = "Второй"
        kind = "base"
        [[faults]]
        path = "/ping"
        kind = "text"
        seller = "Второй"
    """

    def test_shops_tokens_and_faults_are_there(self, write: Write) -> None:
        scenario = read_scenario(write(self.TEXT))
        world = create_app(scenario=scenario).state.world
        first, second = world.shops.values()
        assert (len(first.products), len(first.orders), len(second.products), len(second.orders)) == (2, 3, 4, 5)
        assert (first.payment_required, second.payment_required) == (False, True)
        assert world.behaviour.page_rows == 2
        [fault] = world.faults.active.values()
        assert (fault.kind, fault.sid) == ("text", second.sid)
        (ours, token), (theirs, base) = labelled_tokens(scenario, world)
        assert (ours, read(world.key, token).sid) == ("ours", first.sid)
        assert (theirs, read(world.key, base).sid, read(world.key, base).kind) == ("theirs", second.sid, "base")

    async def test_lives_begin_with_the_server(self, write: Write) -> None:
        async with running_wbsim(scenario=write(self.TEXT)) as wb:
            first, second = wb.world.shops.values()
            await until(wb, lambda: len(second.orders) > 5)
            assert len(first.orders) == 3

    async def test_what_a_test_says_itself_counts_more(self, write: Write) -> None:
        async with running_wbsim(scenario=write(self.TEXT), history_orders=7) as wb:
            assert len(wb.world.shop().orders) == 7
            assert len(wb.world.shop().products) == 2


class TestActions:
    async def test_each_deed_is_done_when_its_time_has_come(self, write: Write) -> None:
        text = """
            [config]
            products = 3
            history_orders = 0
            speed = 10_000
            [[sellers]]
            name = "Второй"
            [[faults]]
            path = "/ping"
            kind = "cut"
            [[actions]]
            at = 100
            faults_off = true
            [[actions]]
            at = 200
            settings = { shuffled = true, switched_off = ["/ping"] }
            [[actions]]
            at = 300
            seller = "Второй"
            fault = { path = "/content", kind = "text" }
            [[actions]]
            at = 400
            orders = { count = 4 }
            [[actions]]
            at = 500
            step = { section = "orders", count = 2 }
            seller = "Второй"
            [[actions]]
            at = 600
            standing = { global_gate = true }
            [[actions]]
            at = 700
            life = { steps_per_day = 1 }
        """
        async with running_wbsim(scenario=write(text)) as wb:
            first, second = wb.world.shops.values()
            started_at = wb.world.clock.now()
            await until(wb, lambda: first.global_gate)
            assert wb.world.clock.now() >= started_at + 500
            assert (wb.world.behaviour.shuffled, wb.world.behaviour.switched_off) == (True, ("/ping",))
            assert [(fault.kind, fault.sid) for fault in wb.world.faults.active.values()] == [("text", second.sid)]
            assert (len(first.orders), bool(second.orders)) == (4, True)
            async with asyncio.timeout(60):
                while (await wb.control("GET", "/life"))["steps_per_day"] != 1:
                    pass

    async def test_what_is_far_off_waits(self, write: Write) -> None:
        async with running_wbsim(scenario=write("[[actions]]\nat = 3_600\norders = {}\n")) as wb:
            assert len(wb.world.shop().orders) == 500
        assert len(wb.world.shop().orders) == 500


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
async def test_a_shipped_scenario_starts_and_answers(path: Path) -> None:
    async with running_wbsim(scenario=path, products=6, history_orders=10) as wb:
        tokens = labelled_tokens(read_scenario(path), wb.world)
        async with httpx.AsyncClient(base_url=wb.url, headers={"Authorization": tokens[0][1]}) as http:
            assert (await http.get("/ping")).status_code in {200, 503}


def test_three_are_shipped_and_the_stormy_one_has_everything_on() -> None:
    assert [path.stem for path in SHIPPED] == ["quiet", "stormy", "switch-offs"]
    stormy = read_scenario(SHIPPED[1])
    off = read_scenario(SHIPPED[0]).config.behaviour
    # Lying headers are a scenario of their own (`make chaos`): what is told while they lie says nothing of the rest.
    plain = {"bound", "costly_4xx_paths", "gzip", "hidden_warehouses", "limit_headers", "switched_off"}
    calm = {name for name in off.__slots__ if getattr(stormy.config.behaviour, name) == getattr(off, name)}
    assert calm <= plain
    struck = {fault["kind"] for fault in stormy.faults} | {
        action["fault"]["kind"] for action in stormy.actions if "fault" in action
    }
    assert len(struck) >= 10
