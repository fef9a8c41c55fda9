"""English words too common to tell passages apart, question words among them.

Compared after case folding and before stemming. The fragments that an apostrophe leaves behind
(``don't`` -> ``don``, ``t``) are dealt with by the analyser.
"""

from __future__ import annotations

_ARTICLES_AND_PRONOUNS = """
a an the this that these those i me my mine myself we us our ours ourselves you your yours yourself
yourselves he him his himself she her hers herself it its itself they them their theirs themselves
one ones someone something anyone anything
"""
_AUXILIARIES = """
am is are was were be been being do does did doing done have has had having can could will would
shall should may might must cannot don doesn didn isn aren wasn weren hasn haven hadn couldn
wouldn shouldn won
"""
_CONNECTIVES = """
and or but nor not no if then than so as because while although though until unless whether
of at by for with about against between into through during before after to from in on onto upon
out off over under up down within without via per
"""
_ADVERBS = """
here there again also just only very too both each either neither such same other more most some
any all own ever
"""
_QUESTION_WORDS = """
who whom whose what which when where why how please tell give
"""

STOP_WORDS = frozenset(
    " ".join(
        (_ARTICLES_AND_PRONOUNS, _AUXILIARIES, _CONNECTIVES, _ADVERBS, _QUESTION_WORDS)
    ).split()
)
