"""Members who are asked about themselves: one question of each kind."""

from app.loyalty.hearing.profile import ProfileKind, ProfileOption, ProfileQuestion

DRY = ProfileOption("dry", {"en": "Dry", "ja": "乾燥肌"})
OILY = ProfileOption("oily", {"en": "Oily", "ja": "脂性肌"})
SKIN = ProfileQuestion(
    "skin",
    ProfileKind.CHOICE,
    {"en": "What is your skin like?", "ja": "肌質を教えてください"},
    {"en": "To suggest what suits you.", "ja": "お客さまに合う商品をご案内するため"},
    (DRY, OILY),
    event="about",
)
PET = ProfileQuestion("pet", ProfileKind.TEXT, {"en": "Who lives with you?"}, {"en": "To greet them."}, event="about")
SINCE = ProfileQuestion("since", ProfileKind.DATE, {"en": "When did you move in?"}, {"en": "To send a card."})
