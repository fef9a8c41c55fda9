from __future__ import annotations

import random

import pytest

from qa_service.reading.encoding.encodings import detect

TEXTS = {
    "en": "The ferry’s last run was in 1938, and it was not the fog that ended it – a “new” "
    "bridge had been opened by the town a year before, which most of the people were glad "
    "to have.",
    "de": "Die Fähre über den Fluss fuhr täglich, auch wenn es stürmte oder schneite. Für die "
    "Leute auf der anderen Seite war sie die einzige Verbindung, und niemand hätte "
    "gedacht, dass man sie einmal schließen würde.",
    "fr": "Le bac traversait la rivière tous les jours, même en hiver, et les habitants "
    "n’avaient pas d’autre moyen d’aller au marché. Après la construction du pont, il a "
    "été abandonné à la rive où il se trouve encore.",
    "es": "El barco cruzaba el río todos los días, también en invierno, y los vecinos no tenían "
    "otra manera de llegar al mercado. ¿Quién habría pensado que años después un puente "
    "lo sustituiría?",
    "pt": "O barco atravessava o rio todos os dias, também no inverno, e os habitantes não "
    "tinham outra maneira de chegar à cidade. Depois da construção da ponte, já ninguém o "
    "usava para nada.",
    "it": "Il traghetto attraversava il fiume ogni giorno, perché non c’era più nessun altro "
    "modo di arrivare in città. Dopo la costruzione del ponte è rimasto sulla riva, dove "
    "si può ancora vedere.",
    "sv": "Färjan gick över älven varje dag, även när det var kallt och mörkt. För dem som "
    "bodde på andra sidan var den det enda sättet att komma till staden, och ingen trodde "
    "att den skulle läggas ner.",
    "pl": "Prom przez rzekę kursował codziennie, także wtedy, gdy było już zimno i padał śnieg. "
    "Dla mieszkańców był to jedyny sposób, żeby dostać się do miasta, ale po wojnie nie "
    "został odbudowany.",
    "cs": "Přívoz přes řeku jezdil každý den, i když byla zima a padal sníh. Pro obyvatele to "
    "byl jediný způsob, jak se dostat do města, ale po válce už nebyl obnoven, protože "
    "tam stál nový most.",
    "hu": "A komp minden nap átkelt a folyón, és nem volt más út a városba, csak ez. Az emberek "
    "úgy tudták, hogy a híd még sokáig nem készül el, de a háború után már senki sem "
    "kérdezte, hogy mi lett vele.",
    "tr": "Vapur her gün nehri geçiyordu ve kışın bile çok kişi onu kullanıyordu. Şehre gitmek "
    "için başka bir yol yoktu, ama köprü açıldıktan sonra kimse ona ihtiyaç duymadı ve "
    "daha sonra kaldırıldı.",
    "ru": "Паром ходил через реку каждый день, и в туман, и в мороз. Для жителей другого берега "
    "это был единственный путь в город, но после войны его так и не восстановили: рядом "
    "уже стоял мост. Юный Эдуард Цыганов ещё помнил его.",
    "uk": "Пором ходив через річку щодня, і в туман, і в мороз. Для мешканців іншого берега це "
    "був єдиний шлях до міста, але після війни його так і не відновили, бо поруч уже "
    "стояв новий міст. Юрій ще пам’ятав його.",
    "bg": "Фериботът преминаваше реката всеки ден, и в мъгла, и в студ. За хората от другия "
    "бряг това беше единственият път към града, но след войната той не е бил възстановен, "
    "защото вече имаше мост. Щастието им не се върна.",
    "el": "Το πλοίο περνούσε το ποτάμι κάθε μέρα, ακόμη και όταν είχε ομίχλη. Για τους "
    "κατοίκους της άλλης όχθης ήταν ο μόνος δρόμος για την πόλη. Άλλωστε, μετά τον πόλεμο "
    "δεν το επισκεύασαν, γιατί η γέφυρα είχε γίνει από το κράτος.",
    "he": "המעבורת חצתה את הנהר בכל יום, גם בערפל וגם בקור. לא היה שום דבר אחר שבו אפשר להגיע "
    "אל העיר, אבל אחרי המלחמה היא לא חזרה, כי כבר היה שם גשר חדש של המדינה על הנהר, וגם "
    "אני זוכר את זה.",
    "ar": "كانت العبارة تعبر النهر كل يوم، في الضباب أو في البرد. لم يكن هناك طريق آخر إلى "
    "المدينة من هذا الجانب، لكن بعد الحرب لم تعد، لأن الجسر الجديد قد كان في مكانه على "
    "النهر مع كل ما فيه.",
    "ja": "渡し船は毎日、霧の日も寒い日も川を渡っていました。向こう岸に住む人たちにとって、町へ行く"
    "道はこれだけでした。しかし橋ができてからは、だれもその船を使わなくなりました。",
    "zh": "渡船每天都过河，不管是有雾还是天冷。对住在对岸的人来说，这是去城里的一条路。可是有了新的"
    "大桥以后，就没有人再坐船了，他们说那个时候的生活真不容易，现在都好了。",
    "tw": "渡船每天都過河，不管是有霧還是天冷。對住在對岸的人來說，這是去城裡的一條路。可是有了新的"
    "大橋以後，就沒有人再坐船了，他們說那個時候的生活真不容易，現在都好了。",
    "ko": "나룻배는 안개가 낀 날에도 추운 날에도 매일 강을 건넜다. 건너편에 사는 사람들"
    "에게는 시내로 가는 하나의 길이었다. 그러나 다리가 생긴 다음에는 아무도 그 배"
    "를 타지 않게 되었다고 한다.",
}
WESTERN = ["windows-1252", "iso-8859-15", "macintosh", "ibm850"]
ENCODINGS = {
    **{language: ["windows-1252", "macintosh"] for language in ("en", "fr", "it")},
    **dict.fromkeys(("de", "es", "pt", "sv"), WESTERN),
    **{language: ["windows-1250", "iso-8859-2", "ibm852"] for language in ("pl", "cs", "hu")},
    "tr": ["windows-1254", "iso-8859-9"],
    "ru": ["windows-1251", "koi8-r", "ibm866", "iso-8859-5", "x-mac-cyrillic"],
    "uk": ["windows-1251", "koi8-u"],
    "bg": ["windows-1251"],
    "el": ["windows-1253", "iso-8859-7"],
    "he": ["windows-1255"],
    "ar": ["windows-1256"],
    "ja": ["shift_jis", "euc-jp", "utf-16le"],
    "zh": ["gb18030"],
    "tw": ["big5"],
    "ko": ["euc-kr", "utf-16be"],
}
CASES = [(language, encoding) for language, names in ENCODINGS.items() for encoding in names]
CODECS = {"macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic"}


def stored(language: str, encoding: str) -> bytes:
    return (TEXTS[language] + "\n").encode(CODECS.get(encoding, encoding), "ignore")


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_paragraph_of_prose_is_read_in_its_encoding(language: str, encoding: str) -> None:
    data = stored(language, encoding)
    found = detect(data)
    assert found is not None
    assert found.text == data.decode(CODECS.get(encoding, encoding))
    # Where several encodings have the same bytes for it, the name is that of the likeliest.
    assert found.text.encode(CODECS.get(found.encoding, found.encoding)) == data


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_piece_of_it_is_read_rightly_or_refused_and_never_wrongly(
    language: str, encoding: str
) -> None:
    text = stored(language, encoding).decode(CODECS.get(encoding, encoding))
    draw = random.Random(language)
    for length in (20, 40, 120):
        for _ in range(6):
            start = draw.randrange(max(len(text) - length, 1))
            piece = text[start : start + length]
            data = piece.encode(CODECS.get(encoding, encoding))
            if data.isascii() and b"\0" not in data:
                continue
            found = detect(data)
            assert found is None or found.text == piece


def test_two_words_are_too_little_evidence() -> None:
    assert detect("Привет, мир".encode("cp1251")) is None
    assert detect("très bien".encode("cp1252")) is None


@pytest.mark.parametrize("seed", range(3))
def test_random_bytes_are_no_text(seed: int) -> None:
    draw = random.Random(seed)
    assert detect(draw.randbytes(5_000)) is None
    assert detect(bytes(draw.randrange(0x20, 0x100) for _ in range(5_000))) is None


def test_damaged_utf8_is_not_taken_for_another_encoding() -> None:
    for language in TEXTS:
        data = TEXTS[language].encode() * 3
        assert detect(data[:100] + b"\xff" + data[100:]) is None


def test_two_encodings_in_one_file_are_none() -> None:
    first, second = TEXTS["ru"].encode("cp1251"), TEXTS["ru"].encode("koi8-r")
    assert detect(first) is not None
    assert detect(first + b"\n" + second) is None
    assert detect(first * 2000 + b"\n" + TEXTS["ru"].encode() * 100) is None


def test_a_long_text_is_judged_by_stretches_that_tear_nothing() -> None:
    for language, encoding in (("ru", "windows-1251"), ("ja", "shift_jis"), ("zh", "gb18030")):
        data = stored(language, encoding) * 400
        assert len(data) > 32_768
        found = detect(data)
        assert found is not None
        assert found.encoding == encoding
    found = detect(TEXTS["zh"].encode("gb18030") * 400)
    assert found is not None
    found = detect(stored("de", "utf-16le") * 200)
    assert found is not None
    assert found.encoding == "utf-16le"


def test_repeated_characters_are_no_evidence() -> None:
    assert detect("aÉ".encode("cp1252") * 100_000) is None
    assert detect("的".encode("gb18030") * 1000) is None


def test_a_control_character_is_never_text() -> None:
    assert detect(stored("ru", "windows-1251") + b"\x02") is None
    assert detect(stored("ru", "ibm866") + b"\x1a") is not None


def test_letters_that_no_language_of_such_words_has_are_none() -> None:
    words = (
        "og det er en til som der den med for ikke jeg har vi skal {} og så på at være blev alle"
    )
    assert detect(words.format("måske").encode("cp1252")) is not None
    assert detect(words.format("það").encode("cp1252")) is None
