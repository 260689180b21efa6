"""How much of what was ordered in each week was bought, and how much is still on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.charts import canvas
from bot.charts.canvas import Words


@dataclass(frozen=True)
class Week:
    """Orders made in the week that begins on `first_day`: each was bought (and kept), is open, or neither."""

    first_day: date
    ordered: int
    bought: int
    open: int

    @property
    def share(self) -> float | None:
        """Bought of those that have ended, 0 to 100; None: none has."""
        ended = self.ordered - self.open
        return 100 * self.bought / ended if ended > 0 else None


def draw(weeks: Sequence[Week], words: Words, *, title: str, note: str) -> bytes:
    """A PNG; weeks of which most is still on its way are pale, since they will change."""
    if all(week.share is None for week in weeks):
        return canvas.said(title, note, words.text("No order of these weeks has ended yet"))
    figure, axes = canvas.blank(title, note)
    young = [week.open * 2 > week.ordered for week in weeks]
    colours = [canvas.PALE if is_young else canvas.SALES for is_young in young]
    canvas.bars(axes, [week.share or 0.0 for week in weeks], colours)
    for place, week in enumerate(weeks):
        label = "—" if week.share is None else f"{words.number(round(week.share))} %"
        axes.text(place, (week.share or 0.0) + 2, label, ha="center", color=canvas.INK, fontproperties=canvas.small())
    handles, labels = [canvas.patch(canvas.SALES)], [words.text("Bought of the orders that have ended")]
    if any(young):
        handles.append(canvas.patch(canvas.PALE))
        labels.append(words.text("Most are on their way yet: this will change"))
    canvas.amounts(axes, words, unit=" %")
    axes.set_ylim(0, 110)
    axes.set_yticks(range(0, 101, 20))
    canvas.days(axes, [words.day(week.first_day) for week in weeks])
    canvas.legend(axes, handles, labels)
    return canvas.png(figure)
