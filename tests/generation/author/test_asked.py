"""What a request asks for: everything at first, in later rounds only what is missing."""

from tarot_bench.dataset.entry import DraftedGenerator, Entry, Materials
from tarot_bench.generation.author.asked import Asked, asked_of
from tarot_bench.generation.author.drafting import FailedTest, Wanted
from tarot_bench.generation.author.settings import AuthorSettings
from tarot_bench.problem import TIERS, Checker, Tier
from tests.generation.author.helpers import VALIDATOR, problem
from tests.generation.author.test_suite import FUNCTION

EVERYTHING = AuthorSettings(literal=1, generators=2, validators=3, illegal=30, brute_force=True, checkers=2)
ALL = Asked(TIERS, 1, 2, seeds=4, validators=3, illegal=30, brute_force=True, checkers=2)
WRITTEN = Materials(
    validators=("a", "b", "c"),
    illegal=tuple(map(str, range(30))),
    generators=(DraftedGenerator(tier=Tier.BASIC, source="print(1)", reason="r"),),
    brute_force="print(1)",
)


def asked(materials=None, tiers=TIERS, round_=0, failures=(), section=EVERYTHING, **fields) -> Asked:
    entry = Entry(problem=problem(1), materials=materials or Materials(), **fields)
    return asked_of(Wanted(entry, tiers, round_, failures), section)


def failure(what: str) -> tuple[FailedTest, ...]:
    return (FailedTest(None, "", "", "", what),)


def test_a_first_request_asks_for_everything_in_the_settings():
    assert asked() == ALL
    assert asked(section=AuthorSettings()) == Asked(TIERS, literal=1, seeds=4, validators=1)


def test_a_later_generator_writes_tests_and_what_the_first_one_did_not_write():
    assert asked(WRITTEN) == Asked(TIERS, 1, 2, seeds=4)
    few = Materials(validators=("a",), illegal=("x", "y"))
    assert (asked(few).validators, asked(few).illegal) == (2, 28)


def test_a_repair_asks_for_the_missing_tiers_only():
    later = asked(WRITTEN, (Tier.EDGE,), 1, validator=VALIDATOR)
    assert later == Asked((Tier.EDGE,), 1, 2, seeds=4)


def test_refused_validators_are_asked_for_alone():
    assert asked(WRITTEN, (), 1) == Asked(seeds=4, validators=3)


def test_checkers_and_a_brute_force_are_asked_for_again_only_where_they_failed():
    bare = WRITTEN.model_copy(update={"brute_force": None})
    assert not asked(bare, (Tier.EDGE,), 1, validator=VALIDATOR).brute_force
    again = asked(bare, (), 1, failure("checker-disagrees: with the gold"), validator=VALIDATOR)
    assert again == Asked(seeds=4, checkers=2)
    assert asked(bare, (), 1, failure("brute-force-fails: on a sample"), validator=VALIDATOR).brute_force


def test_a_brute_force_that_failed_is_asked_for_again_though_there_is_one():
    assert not asked(WRITTEN, (Tier.EDGE,), 1, validator=VALIDATOR).brute_force
    disputed = (FailedTest(Tier.BASIC, "1\n", "", "1\n", "brute-force-disagrees: gold: '1'; brute-force: '2'"),)
    assert asked(WRITTEN, (Tier.EDGE,), 1, disputed, validator=VALIDATOR).brute_force


def test_of_two_brute_forces_the_later_one_counts():
    first, later = Materials(brute_force="first"), Materials(brute_force="later")
    assert first.with_more(later).brute_force == "later"
    assert first.with_more(Materials()).brute_force == "first"


def test_a_repair_after_no_answer_at_all_asks_for_everything():
    assert asked(round_=1) == ALL


def test_only_programs_without_a_checker_of_their_own_get_one():
    own = problem(1).model_copy(update={"checker": Checker(kind="program", program="pass")})
    assert asked_of(Wanted(Entry(problem=own), TIERS), EVERYTHING).checkers == 0
    assert asked_of(Wanted(Entry(problem=FUNCTION), TIERS), EVERYTHING).checkers == 0


def test_nothing_is_asked_for_where_nothing_is_missing():
    assert asked(WRITTEN, (), 1, validator=VALIDATOR).nothing
    assert not asked(WRITTEN, (), 1).nothing
    assert asked(section=AuthorSettings(literal=0, validators=0)).nothing
