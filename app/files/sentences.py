"""What keeps a version from being published, as sentences that name the place in the file and say what to do."""

from collections.abc import Mapping
from typing import Final

from app.files.names import is_money, place
from app.loyalty.money import to_major
from app.loyalty.publishing.soundness import Problem
from app.loyalty.terms.programme import Version

SENTENCES: Final[Mapping[str, str]] = {
    "ABOVE_MARGIN": "takes off more than the margins leave; take off {maximum} basis points or less",
    "CANNOT_VERIFY": "is something no network tells a shop; write false, so that members and staff are told",
    "CANNOT_OFFER": "cannot be promised ({reward}): {reason}",
    "EARNS_LESS_THAN_NO_TIER": "earns less than having no tier; write a ratio of 1 or more, such as [3, 2]",
    "EMPTY": "is empty; fill it in, or leave out what it belongs to",
    "ENDS_BEFORE_IT_BEGINS": "is not after the beginning, so nothing would ever be within; move one of the two",
    "ENDS_WHILE_WAITING": "is shorter than points wait, so none could ever be spent; make it {minimum} or more",
    "LIMIT_SHARED": "is that of earn[{first}] too, so both would count towards one limit; give each an id of its own",
    "NEEDS_ALL_MEMBERS": "asks for scores among all members, which cannot be judged for one member at an instant; "
    "name a segment without standing, or draw from this one",
    "NOTHING_BETWEEN": "is below the least, so nobody would ever be within; move one of the two",
    "NOT_FROM_HISTORY": "asks for points that can be spent, for an answer, a place or a tag, and what an order earns "
    "must not hang on them; name a segment without",
    "NEEDS_LIMIT": "could be done without end, and nobody can check it; add max_total, max_per_day or cooldown_hours",
    "NO_ADDRESS": 'must be an address that begins with "https://"',
    "NO_PLACE": 'must be codes of ISO 3166: countries such as "CA", regions with their country such as "CA-ON"',
    "NO_SCORES": "must be two scores from 1 to 5, the lower first, such as [4, 5]",
    "NAMES_NOBODY": "names nobody; say where customer or email stands in the body",
    "NOT_ABOVE_THE_ONE_BELOW": "must be more than that of levels[{below}]; order the levels from the lowest up",
    "NO_SHOP_CAN": "is something no shop of this programme can give ({need}); choose another reward",
    "NEEDS_MAXIMUM": "has no end, so it could take off more than the margins leave; add maximum, and a minimum order",
    "NEEDS_MINIMUM": "is too small an order for what is taken off: under the margins given it would be sold below the "
    "floor; make it {minimum_minor} or more",
    "NO_ROOM": "is not below the thinnest margin, so nothing at all could be taken off; lower the floor",
    "NO_BOUGHT_LEVEL": 'is no level of the ladder that is "bought"; name one, or give it that entry',
    "NO_SUCH_DAY": "is no day of the calendar (month {month}, day {day}); choose one that comes every year",
    "NO_FALLBACK": "names {field}, which may not be known; write what stands there instead: {{{field}|…}}",
    "NO_CHOICE": 'has options, which only a question of the kind "choice" has; leave them out',
    "NO_EVENT_RULE": "names an event that no rule pays for; add an event rule of that name, or leave it out",
    "NO_MONEY": "must be above 0",
    "RESERVED": "begins with standing:, which are segments every programme has; call it something else",
    "NO_WORD": "stands in an address; use letters, digits, - and _ only",
    "TOO_LARGE": "must be {maximum} or less",
    "TOO_LONG": "must have {maximum} characters or fewer",
    "TOO_SMALL": "must be {minimum} or more",
    "UNKNOWN_FIELD": "names {field}, which is no field; known are name, order, product, score and shop",
    "TOO_FEW_OPTIONS": "leaves nothing to choose from; name {minimum} options or more",
    "TWICE": "stands twice; give each an id of its own",
    "UNKNOWN_LEVEL": "must name levels of the ladder, one at least",
    "UNKNOWN_OPTION": "names options that the question does not have",
    "UNKNOWN_QUESTION": "is no profile question of this programme; name one",
    "UNKNOWN_SURVEY": "is no survey of this programme; name one",
    "UNKNOWN_SEGMENT": "is no segment of this programme that stands before it; name one",
}
_OF_MONEY: Final[Mapping[str, str]] = {"TOO_SMALL": "NO_MONEY"}
REASONS: Final[Mapping[str, str]] = {
    "AMOUNTS_NOT_EXACT": "some of the points on offer are worth no whole coin; choose other steps",
    "BESIDE_TWICE": "beside names a kind of discount twice; name each once",
    "CLOSES_BEFORE_IT_OPENS": "it closes before it opens; move one of the two",
    "DAYS_WITHOUT_LIMIT": "limit_days says how long a limit holds; add limit, or take limit_days out",
    "ID_TWICE": "another reward has this id; give each its own",
    "LEVEL_TWICE": "a tier has two openings; keep one",
    "MAXIMUM_WITHOUT_PERCENTAGE": "only a percentage can have a maximum; take it out",
    "NOTHING_TO_ENTER": "it opens nothing; name what it opens",
    "NO_CODE_TO_COMBINE": "it brings no code, so there is nothing to use beside others; take beside out",
    "NO_SHOP_CAN": "no shop of this programme can give it; choose another reward",
    "NO_SUM_TO_BUDGET": "what it is worth has no end, so no budget can be kept; give it a fixed worth or a maximum",
    "NO_SUM_TO_CHOOSE": "what it gives is no sum that a shopper could choose; take variable out",
    "OPENINGS_OF_ITS_OWN": "what it opens has openings; write them there only",
    "OPTION_CANNOT_BE_PICKED": "an option is itself a choice, has a stock or chosen points; offer plain rewards",
    "ROUNDING_NEEDS_CHOSEN_POINTS": "rounding up needs variable, and a step to round to above 0",
    "SHIPPING_BESIDE_SHIPPING": "no shop takes two codes for free shipping; take shipping out of beside",
    "TOO_FEW_OPTIONS": "a choice needs two different options or more",
    "UNKNOWN_OPTION": "an option is no other reward of this programme; name ids of rewards",
    "UNKNOWN_TIER": "it names a tier that the ladder does not have; name a level's id",
    "WORTH_NOTHING": "it is worth nothing; give it a value above 0",
}
"""Why a reward cannot be promised; the sum below zero and the like are told with every other number."""


def sentence(version: Version, problem: Problem, currency: str | None = None) -> str:
    """Return a problem as a sentence, its money in major units where the currency is known."""
    numbers = dict(problem.numbers)
    for name, amount in problem.numbers.items():
        if is_money(name) and currency is not None and isinstance(amount, int):
            numbers[name] = f"{to_major(amount, currency):f} {currency}"
    if "why" in numbers:
        why, _, need = str(numbers["why"]).partition(":")
        numbers["reason"] = REASONS.get(why, why) + (f" (needed: {need})" if need else "")
    code = _OF_MONEY.get(problem.code, problem.code) if is_money(str(problem.path[-1])) else problem.code
    said = SENTENCES.get(code, code).format(**numbers)
    return f"{place(version, problem.path)} {said}."
