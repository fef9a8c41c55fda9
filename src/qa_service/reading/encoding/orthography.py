"""How languages look in the encodings of old: their letters, and the words that every text has.

The words are each language's most frequent function words, common knowledge of its grammar. They
tell a text decoded rightly from one decoded wrongly, in which they do not occur.
"""

from __future__ import annotations

from dataclasses import dataclass

_WESTERN = "áàâäãåæçéèêëíìîïñóòôöõøœúùûüÿßªº"
# Letters of names from elsewhere that stand at the same bytes in all central European encodings.
_CENTRAL = "áâäçéëíîóôöúüý"


@dataclass(frozen=True, slots=True)
class Orthography:
    """One language: where its texts may come from, and what to find in them.

    ``encodings`` are names as iconv takes them. ``letters`` are the language's own beyond ASCII,
    lower case; ``foreign`` ones come with names from elsewhere. ``joints`` are the marks that may
    stand inside a word. Languages that are not ``is_latin`` are told by the words of their own
    script alone.
    """

    encodings: tuple[str, ...]
    letters: frozenset[str]
    words: frozenset[str]
    foreign: frozenset[str] = frozenset()
    joints: str = ""
    is_latin: bool = True


def _language(
    encodings: str,
    letters: str,
    words: str,
    *,
    foreign: str = "",
    joints: str = "",
    is_latin: bool = True,
) -> Orthography:
    return Orthography(
        tuple(encodings.split()),
        frozenset(letters),
        frozenset(words.split()),
        frozenset(foreign) - frozenset(letters),
        joints,
        is_latin,
    )


_WEST = "windows-1252 iso-8859-15 macintosh ibm850"
_MIDDLE = "windows-1250 iso-8859-2 ibm852"
_RUSSIAN = "windows-1251 koi8-r ibm866 iso-8859-5 x-mac-cyrillic"

LANGUAGES = (
    _language(
        _WEST,
        "éèïç",
        """the of and to in a is that for it as was with be on by not are at from this have or an
        which but you they his had were there been we can has more their will would""",
        foreign=_WESTERN,
        joints="’—",
    ),
    _language(
        _WEST,
        "äöüß",
        """der die das und in den von zu mit sich des auf für ist im dem nicht ein eine als auch
        es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über
        einen so zum war haben nur oder aber vor zur bis mehr durch man kann wurde ich wir
        bitte keine""",
        foreign=_WESTERN,
    ),
    _language(
        _WEST,
        "éèêëàâçîïôùûœæü",
        """de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce
        il sont avec ou son mais comme nous vous on lui cette être été leur ont aux ses deux à
        même fait elle peut tous ces d l n s c qu""",
        foreign=_WESTERN,
        joints="’",
    ),
    _language(
        _WEST,
        "áéíóúüñªº",
        """de la que el en y a los se del las un por con no una su para es al lo como más o pero
        sus le ha me si sin sobre este ya entre cuando todo esta ser son dos también fue había
        era muy años hasta desde está mi porque qué sólo han yo hay vez puede todos""",
        foreign=_WESTERN,
    ),
    _language(
        _WEST,
        "áàâãçéêíóôõúüªº",
        """à de a o que e do da em um para com não uma os no se na por mais as dos como mas ao
        ele das seu sua ou quando muito nos já eu também só pelo pela até isso ela entre
        depois sem mesmo aos seus quem nas me esse eles você foi ser são está pode este""",
        foreign=_WESTERN,
    ),
    _language(
        _WEST,
        "àèéìíòóùºª",
        """di e il la che in a per è un una del non si con i da della le sono al dei nel più come
        ma gli lo alla delle ha se o anche su questo dal nella mi ai essere era ci ad stato
        cui due tra può loro degli quando l d c quella sia perché""",
        foreign=_WESTERN,
        joints="’",
    ),
    _language(
        _WEST,
        "åäöé",
        """och i att det som en på är av för med till den har de inte om ett han men var jag sig
        från vi så kan man när år säger under också efter eller nu sin där vid mot ska skulle
        kommer ut får finns vara hade alla andra mycket hon du detta""",
        foreign=_WESTERN,
    ),
    _language(
        _WEST,
        "æøåéöäüóòôê",
        """og i det at en den til er som på de med han af for ikke der var mig sig men et har om
        vi min havde ham hun nu over da fra du ud sin dem os op man hans hvor eller hvad skal
        selv her alle vil blev kunne ind når være dog noget kan efter under ble ikkje også mot
        eit""",
        foreign=_WESTERN,
    ),
    _language(
        _WEST,
        "éëïöüèêá",
        """de en van ik te dat die in een hij het niet zijn is was op aan met als voor had er
        maar om hem dan zou of wat mijn men dit zo door over ze zich bij ook tot je mij uit
        der daar haar naar heb hoe heeft hebben deze u want nog geen worden wordt""",
        foreign=_WESTERN,
        joints="’",
    ),
    _language(
        _WEST,
        "äöåšž",
        """ja on ei se että hän oli en mutta kun ovat ole niin kuin jos mukaan myös vain sen tai
        mitä sitä joka jotka tämä nyt sitten voi hänen siitä kanssa tämän olla jo olen ollut
        mikä vielä jonka minä ennen koska kaikki""",
        foreign=_WESTERN,
    ),
    _language(
        _MIDDLE,
        "ąćęłńóśźż",
        """w i na z do się nie to że jest o jak za od po co przez dla ale a tym ma są być tak czy
        już tylko przy może jego ich ten jej było był która który które oraz lub też bez ze
        pod we tego tej nad jako u między przed proszę aby""",
        foreign=_CENTRAL,
    ),
    _language(
        _MIDDLE,
        "áčďéěíňóřšťúůýž",
        """a v se na je že s z do o i to si za pro ve by jako k po ale od jsou který která které
        jeho již jen nebo byl byla bylo při co tak už může ze jsem podle před však být jak až
        není této tento musí""",
        foreign=_CENTRAL,
    ),
    _language(
        _MIDDLE,
        "áäčďéíĺľňóôŕšťúýž",
        """a v sa na je že s z do o i to si za pre vo by ako k po ale od sú ktorý ktorá ktoré
        jeho už len alebo bol bola bolo pri čo tak môže zo som podľa pred však byť nie táto
        tento musí aj ich""",
        foreign=_CENTRAL,
    ),
    _language(
        _MIDDLE,
        "áéíóöőúüű",
        """a az és hogy nem is egy ez meg csak már volt de ha vagy mint el még azt ki van fel be
        le minden lehet kell ezt mert így lesz sem nagy aki akkor amely majd után pedig során
        között által szerint nincs alatt ami amit""",
        foreign=_CENTRAL,
    ),
    _language(
        _MIDDLE,
        "ăâîşţ",
        """de în a şi la cu o din pe un nu că este care mai se pentru sunt să fi prin sau au dar
        fost după ce al ale lui fie ca cel cea cele între această acest unei unui nici""",
        foreign=_CENTRAL,
    ),
    _language(
        _MIDDLE,
        "čćđšž",
        """i je u na se da za od su s a o ne koji koja koje kao iz to bi ali do ili po li nije
        samo sve bio biti ima već te ako jer pri ki v in so ni tudi pa z ob kot še bil""",
        foreign=_CENTRAL,
    ),
    _language(
        "windows-1254 iso-8859-9",
        "çğıöşüâîûé",
        """ve bir bu da de için ile olarak çok daha olan o gibi en ne kadar sonra ama var değil
        veya ki her olduğu ise mi iki diye kendi ben sen biz siz göre yok şey bütün hiç
        tarafından lütfen""",
        foreign="áéíóúäêô",
        joints="’",
    ),
    _language(
        "windows-1257",
        "ąčęėįšųūžāēģīķļņšūžõäöü",
        """ir kad iš į su yra tai kaip bet per nuo ne jis buvo apie už arba un ka no ar uz par
        pie kas vai gan tas ja on ei et see oli ning või kui mis""",
    ),
    _language(
        f"{_RUSSIAN} ibm855",
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        """и в не на я что с он а как это по но к из у за от о его так для же то все она был бы
        мы вы их ее её только или ещё еще если до при во со когда уже нет ли быть есть была
        было были этот эта эти этого чтобы который которые может под между после где даже""",
        is_latin=False,
    ),
    _language(
        "windows-1251 koi8-u iso-8859-5 x-mac-cyrillic",
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяъыэё",
        """і в у не на що з та до за як це він для але по від є бути його її ми ви вони або так
        про ця цей які який яка було був була може якщо щоб при під між після коли вже ще лише
        тільки чи же бо де ні""",
        joints="’",
        is_latin=False,
    ),
    _language(
        "windows-1251 iso-8859-5 x-mac-cyrillic",
        "абвгдежзийклмнопрстуфхцчшщъьюяѝ",
        """и на да се в за от не с е по са че си това като до при ще или но те той към му ги бе
        един една което който които има след може само между още без под през""",
        is_latin=False,
    ),
    _language(
        "windows-1251 iso-8859-5",
        "абвгдеёжзійклмнопрстуўфхцчшыьэюяђјљњћџѓѕќ",
        """і у не на што з да за як гэта ён для але па ад яго мы вы яны або је се од су који која
        које као из то би али до или во со""",
        is_latin=False,
    ),
    _language(
        "windows-1253 iso-8859-7",
        "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
        """και το να η της του την τον με για που στο είναι από τα ο οι των θα στην σε δεν ως στη
        έχει μια τις ένα αυτό τους ότι κατά στις στα μας ή όταν μπορεί αλλά ένας μετά""",
        is_latin=False,
    ),
    _language(
        "windows-1255",
        "אבגדהוזחטיךכלםמןנסעףפץצקרשתְִֵֶַָֹּׁׂ",
        """של את על לא זה הוא אל עם או גם כי כל היא אני הם יש אם היה מה אך אין כך בין רק היו זו
        אבל לפני כדי יותר ידי אחד אשר עד שם להיות חייב לאחר""",
        is_latin=False,
    ),
    _language(
        "windows-1256 iso-8859-6",
        "ءآأؤإئابةتثجحخدذرزسشصضطظعغـفقكلمنهوىيًٌٍَُِّْ،؛؟",
        """في من على إلى أن هذا عن مع التي هذه الذي لا ما كان هو أو قد بعد بين كل ذلك لم هي كما
        عند إن غير كانت أي حتى خلال يجب لقد إذا ليس تم""",
        is_latin=False,
    ),
)

# The characters met most in running Chinese, in both writings; in Japanese, in Korean.
HAN = frozenset(
    "的一是不了在人有我他这個个們们中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着下自"
    "之年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進"
    "好小部其些主样樣理心她本前开開但因只从從想实實日军者意无無力它与與长長把机機十民第公此已工使情明性知全三"
    "又关關点點正业業外将將两兩高间間由问問很最重并物手应應战戰向头頭文体體政美相见見被利什二等产產或新己制身"
    "请請及据據数數"
)
HIRAGANA = frozenset("のにはをたがでてとしれさいるもなあこすかっらりきまくそだけよどうおえ")
HANGUL = frozenset(
    "이다는의에을가고하은지로를한사기리도시자어서정해아나인대과보일수있전그으부상것만장제주들게연"
    "구동안여음성니라신위면마비원조까오우스할문무합습된적공세내와입되요"
)
