"""The English of the procedural family.

Two statements must not look alike to a near-duplicate search unless their problems are alike. So every sentence has
several wordings, and the nouns of a theme run through all of them.
"""

from dataclasses import dataclass

_THEMES = """
    the lighthouse keeper|flash count|flash counts|of last winter's storms
    a beekeeper|hive weight|hive weights|along the orchard wall
    the night porter|room number|room numbers|of guests who called at reception
    a tram driver|passenger total|passenger totals|from stop to stop
    the museum guard|step tally|step tallies|of rounds through the east wing
    a glassblower|furnace reading|furnace readings|between two shifts
    the postmistress|parcel mass|parcel masses|on the sorting belt
    a geologist|core depth|core depths|drilled across the valley
    the chess club|rating change|rating changes|after the spring open
    a baker|flour portion|flour portions|for one morning's dough
    the ferry crew|draught mark|draught marks|noted at each landing
    a gardener|seedling height|seedling heights|in the cold frame
    the choir director|bar length|bar lengths|of a new motet
    a cartographer|contour value|contour values|along a ridge
    the archivist|shelf code|shelf codes|in the basement stacks
    a clockmaker|gear tooth count|gear tooth counts|of an old tower clock
    the ski patrol|snow depth|snow depths|measured below the pass
    a brewer|mash temperature|mash temperatures|of one batch
    the toll office|plate checksum|plate checksums|of passing lorries
    a carpenter|plank length|plank lengths|stacked in the yard
    the bird observatory|ring number|ring numbers|read through a telescope
    a violin maker|string tension|string tensions|tried in a row
    the harbour pilot|tide level|tide levels|between two full moons
    a librarian|loan count|loan counts|of the reading room
    the metro control room|headway|headways|on the circle line
    a diver|pressure step|pressure steps|of a long ascent
    the cheese cellar|wheel age|wheel ages|on the upper racks
    a bookbinder|page total|page totals|of volumes to be sewn
    the weather balloon team|altitude change|altitude changes|sent down by radio
    a fencing coach|bout score|bout scores|of the junior squad
    the quarry foreman|block size|block sizes|waiting for the saw
    a tea merchant|chest mark|chest marks|painted in Canton
    the film editor|cut position|cut positions|of a short comedy
    a stable hand|feed ration|feed rations|for one week
    the planetarium|dome angle|dome angles|of a recorded show
    a locksmith|pin depth|pin depths|filed into blank keys
    the cable car operator|cabin load|cabin loads|on the way up
    a puppet theatre|ticket number|ticket numbers|torn off at the door
    the vineyard manager|sugar reading|sugar readings|taken before harvest
    a paper mill|sheet gauge|sheet gauges|from the drying rolls
    the rowing club|stroke rate|stroke rates|of a training heat
    a seamstress|thread number|thread numbers|laid out for a quilt
    the signal box|wagon count|wagon counts|of night goods trains
    a potter|kiln mark|kiln marks|after the glaze firing
    the radio amateur|beacon delay|beacon delays|heard on short wave
    a mushroom picker|basket size|basket sizes|brought home in autumn
    the swimming baths|lane time|lane times|of the town relay
    a sculptor|chisel width|chisel widths|hung on the workshop wall
"""

_OPENINGS = (
    "{Who} wrote down the {items} {where}.",
    "A list of {items} {where} lies on the desk; {who} needs a number-crunching helper.",
    "Help {who} with the {items} {where}.",
    "For {who} the {items} {where} have to be worked through, always in the same manner.",
    "There is some work to do on {items} {where}, says {who}.",
    "{Who} collects {items} {where} and wants them processed by program.",
)
_BOUNDS = (
    "There are between 1 and {n} {items}, each from {low} to {high}.",
    "At least one and at most {n} {items} are given; every {item} lies in the range {low} to {high}.",
    "Expect no more than {n} {items} and no fewer than one. A {item} is never below {low} and never above {high}.",
    "Limits: a {item} is a whole number v with {low} <= v <= {high}, and the list has 1 to {n} entries.",
)
_EMPTY = (
    "If nothing is left, print `{empty}` instead.",
    "Should no {item} remain, the answer is `{empty}`.",
    "When the {items} have all gone, write `{empty}`.",
    "An empty list is answered by `{empty}` alone.",
)
_RESULTS = (
    "Print {result}.",
    "Finally output {result}.",
    "The answer is {result}.",
    "At the end, write {result}.",
)
_FIRST = (
    "First, {clause}.",
    "To begin with, {clause}.",
    "Before anything else, {clause}.",
    "Start like this: {clause}.",
)
_NEXT = ("Then {clause}.", "Next, {clause}.", "After that, {clause}.", "Once this is done, {clause}.")
_ONLY = ("Your task: {clause}.", "Do just one thing: {clause}.", "You are asked to {clause}.")

EMPTY_WORDS = ("none", "empty", "nothing", "0", "-1", "no values", "EMPTY", "-")


@dataclass(frozen=True, slots=True)
class Theme:
    """Whose numbers these are."""

    who: str
    item: str
    items: str
    where: str

    @property
    def names(self) -> dict[str, str]:
        """What templates are filled with."""
        return {
            "who": self.who,
            "Who": self.who[0].upper() + self.who[1:],
            "item": self.item,
            "items": self.items,
            "where": self.where,
        }


THEMES = tuple(Theme(*line.strip().split("|")) for line in _THEMES.strip().split("\n"))

SENTENCES = {
    "opening": _OPENINGS,
    "bounds": _BOUNDS,
    "empty": _EMPTY,
    "result": _RESULTS,
    "first": _FIRST,
    "next": _NEXT,
    "only": _ONLY,
}
"""Wordings by what they say."""
