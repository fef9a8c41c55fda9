"""Words whose full stop does not end a sentence, or does so only sometimes.

All are written in lower case without the last full stop.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A name, a number or an explanation follows: the sentence goes on.
NEVER_FINAL = _words(
    """
    dr mr mrs ms mx prof rev hon st gen col maj capt lt sgt cpl cmdr adm gov sen rep supt messrs
    fig figs eq eqs eqn ref refs tab e.g eg i.e cf viz v vs approx resp ca incl esp ibid
    mme mmes mlle mgr sra srta dra pág núm
    hr fr nr bzw z.b d.h u.a vgl bd inkl
    т.е т.к т.н ул им стр рис табл см ср напр акад проф доц св
    məs dos müəl
    """
)

# An abbreviation before a number ("No. 7", "pp. 12-19"); before anything else, a plain word.
BEFORE_NUMBER = _words(
    """
    no nos vol vols p pp art arts sec sect ch chap par para op cap c b d ver ed lib bk pt app ann
    nº abs kap str гл п пп ст т ч № с
    jan feb mar apr jun jul aug sep sept oct nov dec
    """
)

# Often ends its sentence too: the next word decides.
SOMETIMES_FINAL = _words(
    """
    etc inc ltd co corp bros llc plc jr sr al esq ph.d m.d b.a m.a d.c a.m p.m am pm
    ave blvd rd mt ft dept univ assn est min max avg u.s u.k u.n e.u b.c a.d a.k.a
    mon tue tues wed thu thur thurs fri sat sun sp spp var subsp
    usw evtl ggf sog bspw tel
    т.д т.п др пр г гг в вв н.э тыс млн млрд руб коп обл р
    s.a ee.uu ud uds av env
    """
)

# Words that begin a sentence far more often than they follow an abbreviation inside one.
STARTERS = _words(
    """
    the a an this that these those it its he she they we you i his her their our there here
    in on at by for from with to of as if when while where after before since until although
    though because but and or so yet however moreover furthermore therefore thus hence also
    then now today what who why how which once both some many most all each every no not one
    он она оно они мы вы я это этот эта эти в на по из за для при с о у к но и а однако также
    так если когда после до где что кто как
    der die das ein eine er sie es wir ich im in am auf mit von nach bei aber und
    le la les un une il elle ils nous dans en sur pour mais et
    el los las una en es pero y
    bu o və onlar biz
    """
)

# "3. Oktober", "1. января": an ordinal before a month, not the end of a sentence.
MONTHS = _words(
    """
    januar jänner februar märz april mai juni juli august september oktober november dezember
    leden únor března ledna února dubna května června července srpna září října listopadu prosince
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr
    ocak şubat nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    januari februari maart juni juli oktober
    """
)
