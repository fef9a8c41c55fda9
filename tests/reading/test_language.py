from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from qa_service.reading.language import language_of, with_language
from qa_service.records import Document, Metadata, Span

TEXTS = {
    "ar": "وفي الشتاء لم تكن السفن تستطيع الإبحار بسبب الجليد، فكان البحارة يصلحون شباكهم.",
    "az": "Qışda gəmilər buza görə dənizə çıxa bilmirdi, buna görə də dənizçilər tor tikir.",
    "bg": "През зимата корабите не можели да излязат заради леда, затова моряците поправяли",
    "cs": "V zimě lodě kvůli ledu nemohly vyplout, a tak námořníci opravovali sítě a vyprávěli",
    "da": "Om vinteren kunne skibene ikke sejle ud på grund af isen, så sømændene reparerede",
    "de": "Im Winter konnten die Schiffe wegen des Eises nicht auslaufen, deshalb blieben die",
    "el": "Τον χειμώνα τα πλοία δεν μπορούσαν να φύγουν εξαιτίας του πάγου, γι' αυτό οι",
    "en": "During the winter the ships could not leave because of the ice, so the sailors",
    "es": "Durante el invierno los barcos no podían salir a causa del hielo, así que esperaban",
    "fi": "Talvella laivat eivät päässeet lähtemään jään takia, joten merimiehet korjasivat",
    "fr": "Pendant l'hiver, les navires ne pouvaient pas sortir à cause de la glace et ils",
    "hu": "Télen a hajók a jég miatt nem tudtak kifutni, ezért a tengerészek a hálóikat",
    "it": "Durante l'inverno le navi non potevano uscire a causa del ghiaccio, perciò",
    "ja": "冬の間は氷のために船が出られず、船乗りたちは網を繕い、酒場で長い物語を語り合った。",
    "ko": "겨울에는 얼음 때문에 배가 나갈 수 없어서 선원들은 그물을 고치고 긴 이야기를 나누었다.",
    "nl": "In de winter konden de schepen door het ijs niet uitvaren, dus herstelden zij hun",
    "no": "Om vinteren kunne ikke skipene seile ut på grunn av isen, så sjøfolkene reparerte",
    "pl": "Zimą statki nie mogły wypływać z powodu lodu, dlatego marynarze naprawiali swoje",
    "pt": "Durante o inverno os navios não podiam sair por causa do gelo, por isso ficavam em",
    "ro": "Iarna, corăbiile nu puteau ieși din cauza gheții, așa că marinarii își reparau",
    "ru": "Зимой корабли не могли выйти в море из-за льда, поэтому моряки чинили сети и ждали",
    "sv": "Under vintern kunde fartygen inte lämna hamnen på grund av isen, så de lagade sina",
    "tr": "Kışın gemiler buz yüzünden denize açılamıyordu, bu yüzden denizciler ağlarını",
    "uk": "Узимку кораблі не могли вийти в море через кригу, тому моряки лагодили сіті й чекали.",
    "zh": "冬天，船只因为结冰无法出航，于是水手们修补渔网，在酒馆里讲着长长的故事，等待春天。",
}


def document(text: str, **fields: Any) -> Document:
    return Document("a.md", "a", text, "0" * 64, **fields)


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_is_enough_to_tell_its_language(language: str) -> None:
    assert language_of(document(TEXTS[language])) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Aliyev 2025",
        "12.5 %; 1,500; 3",
        "https://example.org/guten-tag/wie-geht-es",
        "No.",
    ],
)
def test_too_little_text_is_of_unknown_language(text: str) -> None:
    assert language_of(document(text)) == ""


def test_a_long_text_is_judged_by_all_of_it_and_not_by_its_beginning() -> None:
    german, russian = TEXTS["de"] + "\n", TEXTS["ru"] + "\n"
    assert language_of(document(german * 9 + russian * 40)) == "ru"
    assert language_of(document(german * 30 + russian * 30 + TEXTS["en"] * 30)) == ""


def test_plain_english_is_told_without_loading_the_model() -> None:
    code = (
        "import sys\nfrom qa_service.reading.language import language_of\n"
        "from qa_service.records import Document\n"
        f"text = {TEXTS['en'] * 40!r}\n"
        "assert language_of(Document('a.md', 'a', text, '0' * 64)) == 'en'\n"
        "assert not any(name.startswith('py3langid') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_code_addresses_and_boilerplate_do_not_count() -> None:
    code = "while the list is not empty: take the first of the items and put it on the stack\n" * 9
    links = "<a href='https://example.org/the-best-of-the-best'>\n" * 20
    text = code + links + TEXTS["fr"]
    marked = document(text, blocks=(Span(0, len(code)),))
    assert language_of(marked) == "fr"
    assert language_of(document(text, boilerplate=(Span(0, len(code)),))) == "fr"
    assert language_of(document(text)) == "en"


def test_a_document_that_is_a_table_alone_is_judged_by_the_table() -> None:
    text = TEXTS["it"]
    assert language_of(document(text, blocks=(Span(0, len(text)),))) == "it"


@pytest.mark.parametrize("metadata", [{"lang": "da"}, {"language": "Danish"}, {"lang": "da-DK"}])
def test_what_the_file_states_wins_where_the_text_does_not_tell(metadata: Metadata) -> None:
    assert language_of(document("Rødgrød 2024", metadata=metadata)) == "da"
    assert language_of(document("Rødgrød 2024")) == ""


def test_what_a_reader_found_in_the_file_goes_before_front_matter() -> None:
    assert language_of(document("Ja.", language="nl-BE", metadata={"lang": "de"})) == "nl"


def test_a_template_that_states_another_language_than_the_text_is_not_believed() -> None:
    assert language_of(document(TEXTS["ru"], language="en")) == "ru"
    assert language_of(document(TEXTS["ru"], metadata={"language": "en-US"})) == "ru"


def test_a_statement_that_is_no_language_is_passed_over() -> None:
    assert language_of(document(TEXTS["tr"], language="und")) == "tr"
    assert language_of(document(TEXTS["tr"], metadata={"language": ["tr", "en"]})) == "tr"


def test_only_the_language_is_filled_in() -> None:
    before = document(TEXTS["pl"], metadata={"language": "polish, mostly"})
    after = with_language(before)
    assert (after.language, after.text, after.metadata) == ("pl", before.text, before.metadata)
