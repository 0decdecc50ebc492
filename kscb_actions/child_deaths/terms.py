"""The words of child death reviews: code, as kept, to name, as read.

Sources: the national templates for child death reviews in use from 2008 (Forms A and C, the yearly return
LSCB1) and the tables published from them. The explanations are our own words.
"""

from enum import StrEnum

# Fixed numbers, as on Form C. Where several apply, the uppermost is the primary one.
CATEGORIES = {
    1: "Deliberately inflicted injury, abuse or neglect",
    2: "Suicide or deliberate self-inflicted harm",
    3: "Trauma and other external factors",
    4: "Malignancy",
    5: "Acute medical or surgical condition",
    6: "Chronic medical condition",
    7: "Chromosomal, genetic and congenital anomalies",
    8: "Perinatal/neonatal event",
    9: "Infection",
    10: "Sudden unexpected, unexplained death",
}
CATEGORY_COVERS = {
    1: "Any killing of the child, shaking, suffocation, war or terror, and severe neglect.",
    2: "Hanging, self-poisoning, solvents or drugs, self-asphyxia. Mostly adolescents.",
    3: "Accidents, burns, drowning, poisoning of a small child, anaphylaxis. Not what belongs to category 1.",
    4: "Tumours, leukaemia and the like, even if an infection or a bleed came last.",
    5: "A sudden illness, such as asthma, diabetic ketoacidosis, appendicitis or a death in epilepsy.",
    6: "A long illness, such as Crohn’s disease, liver disease or immune deficiency.",
    7: "Trisomies, single-gene disorders, cystic fibrosis, malformations of the heart.",
    8: "Prematurity and its consequences at any age, lack of oxygen at birth, infection in the first week.",
    9: "An infection that is the main cause, after the first week of life.",
    10: "Sudden infant death, and deaths whose cause cannot be ascertained, at any age. Not epilepsy.",
}


class Modifiable(StrEnum):
    """List what a review completed on or after 1 April 2010 concludes on modifiable factors."""

    IDENTIFIED = "identified"
    NONE = "none"
    INSUFFICIENT = "insufficient"


class Preventable(StrEnum):
    """List what a review completed before 1 April 2010 concludes. Never translated into the later values."""

    PREVENTABLE = "preventable"
    POTENTIALLY = "potentially_preventable"
    NOT_PREVENTABLE = "not_preventable"
    INADEQUATE = "inadequate"


MODIFIABLE_NAMES: dict[str, str] = {
    Modifiable.IDENTIFIED: "Modifiable factors identified",
    Modifiable.NONE: "No modifiable factors identified",
    Modifiable.INSUFFICIENT: "Insufficient information",
}
PREVENTABLE_NAMES: dict[str, str] = {
    Preventable.PREVENTABLE: "Preventable",
    Preventable.POTENTIALLY: "Potentially preventable",
    Preventable.NOT_PREVENTABLE: "Not preventable",
    Preventable.INADEQUATE: "Inadequate information",
}
MODIFIABLE_MEANS = (
    "A modifiable factor is one, in any domain, that may have contributed to the death and whose risk to "
    "other children could be made smaller by something done locally or nationally."
)
# What happened, an axis of its own beside the category.
EVENTS = {
    "neonatal": "Neonatal death",
    "life_limiting": "Known life-limiting condition",
    "sudi": "Sudden unexpected death in infancy",
    "road_traffic": "Road traffic accident or collision",
    "drowning": "Drowning",
    "fire": "Fire and burns",
    "poisoning": "Poisoning",
    "other_injury": "Other accidental injury",
    "substance": "Substance misuse",
    "homicide": "Apparent homicide",
    "suicide": "Apparent suicide",
    "other": "Other",
}
# Which category an event suggests before a panel has decided, where it suggests one.
EVENT_SUGGESTS = {
    "neonatal": 8,
    "sudi": 10,
    "road_traffic": 3,
    "drowning": 3,
    "fire": 3,
    "poisoning": 3,
    "other_injury": 3,
    "substance": 2,
    "homicide": 1,
    "suicide": 2,
}
DOMAINS = {
    "child": "The child’s own needs",
    "family": "Family and environment",
    "parenting": "Parenting capacity",
    "services": "Service provision",
}
# Weakest first. Form C, section on factors.
INFLUENCES = {
    "0": "Information not available",
    "1": "No factors identified",
    "1*": "Identified, but unlikely to have contributed",
    "2": "May have contributed to vulnerability, ill health or death",
    "3": "A complete and sufficient explanation of the death",
}
SEXES = {"female": "Female", "male": "Male", "not_known": "Not known"}
ETHNICITIES = {
    "white_british": "White British",
    "white_irish": "White Irish",
    "irish_traveller": "Traveller of Irish heritage",
    "gypsy_roma": "Gypsy/Roma",
    "white_other": "Any other White background",
    "white_black_caribbean": "White and Black Caribbean",
    "white_black_african": "White and Black African",
    "white_asian": "White and Asian",
    "mixed_other": "Any other mixed background",
    "indian": "Indian",
    "pakistani": "Pakistani",
    "bangladeshi": "Bangladeshi",
    "asian_other": "Any other Asian background",
    "black_caribbean": "Black Caribbean",
    "black_african": "Black African",
    "black_other": "Any other Black background",
    "chinese": "Chinese",
    "other": "Any other ethnic group",
    "not_stated": "Not stated",
}
PLACES = {
    "home": "Home",
    "other_home": "Another private home",
    "hospital": "Hospital",
    "hospice": "Hospice",
    "foster": "Foster home",
    "residential": "Residential care",
    "school": "School or nursery",
    "public": "Public place",
    "abroad": "Abroad",
    "other": "Other",
    "not_known": "Not known",
}
EXPECTED = {"expected": "Expected", "unexpected": "Unexpected", "not_known": "Not known"}
UNEXPECTED_MEANS = (
    "A death is unexpected if nobody would have thought it a real possibility a day before it happened, or "
    "a day before the collapse or the event that led to it. In doubt, the designated doctor decides; until "
    "then treat it as unexpected."
)
# A child protection plan, and any statutory order, at the time of death.
STANDINGS = {
    "at_death": "At the time of death",
    "previously": "Previously",
    "never": "Never",
    "not_known": "Not known",
}
# Why what was recorded is no case of this panel.
VOID_NAMES = {
    "duplicate": "A duplicate of another case",
    "not_resident": "The child was not resident here, and another area’s panel reviews the death",
    "stillbirth": "A stillbirth, or a planned termination within the law",
    "mistake": "Recorded by mistake for another reason",
}
YES_NO = {"yes": "Yes", "no": "No", "not_known": "Not known"}
AGE_BANDS = {
    "under_28_days": "Under 28 days",
    "28_to_364_days": "28 to 364 days",
    "1_to_4": "1 to 4 years",
    "5_to_9": "5 to 9 years",
    "10_to_14": "10 to 14 years",
    "15_to_17": "15 to 17 years",
}
COMPLETION_BANDS = {
    "under_6": "Under 6 months",
    "6_to_7": "6 or 7 months",
    "8_to_9": "8 or 9 months",
    "10_to_11": "10 or 11 months",
    "12": "12 months",
    "over_12": "Over 12 months",
}
# Factors that recur, by domain; each is also a theme to count by. Anything else is free text.
FACTORS = {
    "child": {
        "prematurity": "Born before 37 weeks",
        "low_birth_weight": "Low birth weight",
        "long_term_condition": "A long-term condition or disability",
        "mental_health_child": "The child’s own mental health",
    },
    "family": {
        "smoking": "Smoking in the home or in pregnancy",
        "housing": "Overcrowding or unsuitable housing",
        "home_safety": "Hazards in the home",
        "domestic_abuse": "Domestic abuse",
        "consanguinity": "Parents who are close relatives",
    },
    "parenting": {
        "co_sleeping": "Sleeping in the same bed or on a sofa",
        "sleep_position": "Put to sleep on the front or the side",
        "overheating": "Overheating or loose bedding",
        "substance_misuse": "A carer’s use of alcohol or drugs",
        "supervision": "Lack of supervision",
        "mental_health_carer": "A carer’s mental health",
    },
    "services": {
        "access": "Access to the right service",
        "communication": "Information not shared between services",
        "recognition": "Signs of illness or harm not recognised",
        "follow_up": "Follow-up or referral not made",
    },
}
# The analysis form of 2018. Its domains and levels are its own; the known factors are the same.
DOMAINS_2018 = {
    "child": "The child’s own characteristics",
    "social": "Social environment, with parenting capacity",
    "physical": "Physical environment",
    "services": "Service delivery",
}
INFLUENCES_2018 = {
    "0": "Information not available",
    "1": "No factors identified, or unlikely to have contributed",
    "2": "May have contributed to vulnerability, ill health or death",
}
_PHYSICAL = ("housing", "home_safety", "sleep_position", "overheating")
FACTORS_2018 = {
    "child": FACTORS["child"],
    "social": {
        code: name
        for known in (FACTORS["family"], FACTORS["parenting"])
        for code, name in known.items()
        if code not in _PHYSICAL
    },
    "physical": {
        code: name
        for known in (FACTORS["family"], FACTORS["parenting"])
        for code, name in known.items()
        if code in _PHYSICAL
    },
    "services": FACTORS["services"],
}
FACTOR_NAMES = {code: name for known in FACTORS.values() for code, name in known.items()}
SAFE_SLEEPING = ("co_sleeping", "sleep_position", "overheating", "smoking", "substance_misuse")
# Of the forms of 2018.
CORONER = {
    "not_informed": "Not informed",
    "informed": "Informed, no investigation",
    "investigates": "Investigates",
    "concluded": "Investigation concluded",
    "not_known": "Not known",
}
CERTIFICATES = {
    "doctor": "Certificate issued by a doctor",
    "coroner": "Registered after the coroner’s investigation",
    "not_yet": "Not certified yet",
    "not_known": "Not known",
}
INQUESTS = {
    "none": "No inquest",
    "expected": "Inquest expected",
    "opened": "Inquest opened",
    "concluded": "Inquest concluded",
    "not_known": "Not known",
}
PROCEEDINGS = {
    "none": "No criminal proceedings",
    "investigation": "Police investigation",
    "charged": "Somebody is charged",
    "concluded": "Proceedings concluded",
    "not_known": "Not known",
}
