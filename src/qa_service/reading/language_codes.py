"""Names of languages, in the many ways that files state them, to codes of ISO 639-1."""

from __future__ import annotations

import re

_TWO_LETTERS = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia
id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo
lt lu lv mg mh mi mk ml mn mr ms mt my na nd ne ng nl no nr nv ny oc oj om or os pa pi pl ps pt
qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn
to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_CODES = frozenset(_TWO_LETTERS.split())

# Other codes (ISO 639-2 and -3, withdrawn and narrower ones), English names, own names.
_OTHERS = """
ar ara arabic; az aze azj azerbaijani azeri; ca cat catalan; cs ces cze czech; da dan danish dansk;
de deu ger german deutsch; el ell gre greek; en eng english; es spa spanish español castellano;
et est estonian; eu eus baq basque; fa fas per persian farsi; fi fin finnish suomi;
fr fra fre french français; ga gle irish; he heb iw hebrew; hi hin hindi; hu hun hungarian magyar;
hy hye arm armenian; id ind in indonesian; it ita italian italiano; ja jpn japanese;
ko kor korean; lt lit lithuanian; ne nep nepali; nl nld dut dutch nederlands;
no nor nb nob nn nno norwegian norsk bokmål nynorsk; pl pol polish polski;
pt por portuguese português; ro ron rum mo romanian română; ru rus russian русский;
sr srp serbian; sv swe swedish svenska; ta tam tamil; th tha thai; tr tur turkish türkçe;
uk ukr ukrainian українська; vi vie vietnamese; yi yid ji yiddish; zh zho chi cmn chinese
"""
_NAMED = {
    name: line.split()[0]
    for line in _OTHERS.replace("\n", " ").split(";")
    for name in line.split()[1:]
}
_FIRST_PART = re.compile(r"[^\W\d_]+")


def language_code(stated: object) -> str:
    """Return the code for what a file states ("en-GB", "deu", "French"), or "" for anything else.

    >>> language_code("pt_BR"), language_code("Deutsch"), language_code("und")
    ('pt', 'de', '')
    """
    if not isinstance(stated, str):
        return ""
    first = _FIRST_PART.match(stated.strip().casefold())
    if first is None:
        return ""
    return _NAMED.get(first[0]) or (first[0] if first[0] in _CODES else "")
