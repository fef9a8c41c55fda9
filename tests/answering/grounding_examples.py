"""Made-up sentences of written answers: each a passage, whether the passage says it, and what.

The rules were chosen on these. A false one differs from what the passage says in a name, a number,
a denial, an opposite, a role or an added fact.
"""

from __future__ import annotations

from dataclasses import dataclass

VISIT = """\
President Ilham Aliyev’s recent visit to Beijing went beyond protocol and symbolism, opening a new \
chapter in Azerbaijan–China relations. In Beijing, President Aliyev met with Chinese President Xi \
Jinping. Both leaders reaffirmed their commitment to a comprehensive strategic partnership and \
voiced strong support for each other’s sovereignty and territorial integrity. Energy, transport, \
and digital innovation emerged as key areas of cooperation. A central focus was linking \
Azerbaijan’s Middle Corridor initiative with China’s Belt and Road Initiative (BRI). Discussions \
with Chinese officials highlighted a joint determination to combat transnational threats—ranging \
from narcotics trafficking and terrorism to cybercrime. While maintaining constructive relations \
with Euro-Atlantic institutions and Russia, Baku is also building stronger ties with Asian \
powers."""

ENGINES = """\
A steam engine turns the pressure of steam into motion. Thomas Newcomen built one for a mine in \
1712. It burned much coal and moved slowly. James Watt added a separate condenser in 1765. The \
condenser saved three quarters of the coal, and mines all over the country bought the new engine. \
Turbines were not sold before 1884. By 1800 the firm had built 1,500 engines, each of 4.2 tons."""

FERRY = """\
The ferry between the two banks ran every day from 1871 to 1938, in fog as well as in frost. Marta \
Lindqvist steered it for thirty years and never missed a day. When the bridge opened, traffic fell \
and the ferry was sold to a museum in Riga. The province paid for the bridge; the town refused to \
share the cost. Tickets rose from two to five crowns in 1920."""


MUSEUM = """\
The fish market became a museum in 1987, two years after the last boat had been sold. It shows \
340 tools, most of them given by Elsa Brandt, whose father smoked eel on the quay. Visitors pay \
nothing on Sundays. The roof was repaired in spring, but the cellar is still closed because the \
tide enters it. Unlike the castle, the museum has no lift."""


@dataclass(frozen=True, slots=True)
class Example:
    passage: str
    true: bool
    sentence: str


def _examples(passage: str, lines: str) -> list[Example]:
    return [Example(passage, line[0] == "+", line[2:]) for line in lines.strip().splitlines()]


EXAMPLES = [
    *_examples(
        VISIT,
        """
+ Aliyev met Chinese President Xi Jinping in Beijing.
+ The two leaders reaffirmed their commitment to a comprehensive strategic partnership.
+ They also voiced strong support for each other's sovereignty and territorial integrity.
+ Key areas of cooperation were energy, transport and digital innovation.
+ A central focus was linking the Middle Corridor with the Belt and Road Initiative.
+ The threats that they want to combat range from narcotics trafficking to cybercrime.
+ Baku maintains constructive relations with Russia and builds stronger ties with Asian powers.
+ The visit opened a new chapter in the relations between Azerbaijan and China.
+ According to the article, the visit "went beyond protocol and symbolism".
+ Terrorism is among the transnational threats that the officials discussed.
+ Azerbaijan keeps constructive relations with Euro-Atlantic institutions.
- Aliyev met Russian President Vladimir Putin in Beijing.
- The two leaders signed a free trade agreement worth billions.
- They voiced strong support for each other's nuclear programmes.
- Key areas of cooperation were energy, transport and space travel to the Moon.
- The leaders did not reaffirm their commitment to a strategic partnership.
- According to the article, the visit "was a historic triumph for Baku".
- Aliyev met with Chinese President Xi Jinping in 2019.
- The two leaders agreed on 12 areas of cooperation.
- The visit took place in Shanghai, where the Chinese President received Aliyev.
- Baku is building weaker ties with Asian powers.
- China will finance a railway along the Middle Corridor initiative.
- Beijing will buy oil from Azerbaijan for twenty years.
""",
    ),
    *_examples(
        ENGINES,
        """
+ James Watt added a separate condenser.
+ Watt's condenser saved three quarters of the coal.
+ Newcomen built a steam engine for a mine in 1712.
+ The firm had built 1500 engines by 1800.
+ His engine burned much coal and moved slowly.
+ Steam pressure is turned into motion by a steam engine.
+ Turbines were not sold before 1884.
+ The separate condenser, added in 1765, saved much of the coal.
- Thomas Newcomen added a separate condenser in 1765 for Boulton.
- James Watt added a separate condenser in 1712 and 1769.
- The condenser saved half of the coal and doubled the power of every machine.
- Turbines were sold before 1884.
- Edison added a separate condenser.
- The firm had built 15,000 engines by 1800.
- The engine burned little coal and moved quickly.
- Each engine weighed 42 tons.
""",
    ),
    *_examples(
        FERRY,
        """
+ The ferry ran every day from 1871 to 1938.
+ It ran in fog and in frost.
+ Marta Lindqvist steered the ferry for thirty years.
+ She never missed a day.
+ Traffic fell when the bridge opened.
+ The ferry was sold to a museum in Riga.
+ The bridge was paid for by the province.
+ The town refused to share the cost of the bridge.
+ In 1920 tickets rose from two to five crowns.
+ After the bridge opened, the ferry went to a museum in Riga.
+ Between 1871 and 1938 a ferry connected the two banks.
+ The captain, Marta Lindqvist, worked on the boat for thirty years.
+ The article says that the ferry ran "in fog as well as in frost".
- The ferry ran every day from 1817 to 1938.
- The ferry did not run in frost.
- Marta Lindqvist steered the ferry for forty years.
- Marta Lindberg steered the ferry for thirty years.
- Traffic rose when the bridge opened.
- The ferry was sold to a museum in Stockholm.
- The town paid for the bridge.
- The province refused to share the cost.
- Tickets fell from five to two crowns in 1920.
- The ferry sank in a storm in the winter of 1938.
- A railway replaced the ferry between the two banks.
- The bridge was designed by a Danish engineer.
- The article says that the ferry ran "in any weather whatsoever".
- Tickets rose from two to five crowns in 1921.
""",
    ),
    *_examples(
        MUSEUM,
        """
+ The museum opened in the former fish market in 1987.
+ The fish market became a museum in 1987.
+ The museum shows 340 tools.
+ Most of the tools were given by Elsa Brandt.
+ Elsa Brandt's father smoked eel on the quay.
+ On Sundays visitors pay nothing.
+ The roof was repaired in spring.
+ The cellar is still closed because the tide enters it.
+ The museum has no lift.
+ The last boat was sold two years before the fish market became a museum.
- The museum shows 430 tools.
- Most of the tools were given by Elsa Lindqvist.
- The fish market became a theatre in 1987.
- Visitors pay nothing on Mondays.
- The cellar was repaired in spring.
- The cellar is open although the tide enters it.
- The museum has a lift.
- The museum has no roof.
- The roof was not repaired in spring.
- The museum burned down after the tide entered the cellar.
- The castle has no lift.
- The museum was the first of its kind in the country.
""",
    ),
]
