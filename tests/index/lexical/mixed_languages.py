"""Short documents in five languages, and questions that say the same words in other forms."""

from __future__ import annotations

DOCUMENTS = {
    "en/bees.txt": (
        "en",
        "A beekeeper moves the hives at night. Bees that were carried far away lose their way and "
        "circle above the old place. In spring the colonies are fed with sugar.",
    ),
    "en/bridge.txt": (
        "en",
        "The suspension bridge was opened in 1931. Its cables were spun from wires, and painters "
        "repaint the towers every nine years because of the salt in the wind.",
    ),
    "en/glass.txt": (
        "en",
        "Glassblowers melted sand with ash. They coloured the vases with cobalt, and the furnace "
        "burned beech wood through the whole week.",
    ),
    "ru/маяк.txt": (
        "ru",
        "Смотритель маяка каждый вечер зажигал лампы. Зимой дорогу к башне заносило снегом, и "
        "припасы доставляли на собачьих упряжках.",
    ),
    "ru/часы.txt": (
        "ru",
        "Часовщик чинил карманные часы в маленькой мастерской. Самую тонкую пружину он сделал из "
        "стали, которую привозили купцы.",
    ),
    "ru/хлеб.txt": (
        "ru",
        "Пекарь ставил тесто до рассвета. Ржаные караваи продавали на площади, а сухари брали с "
        "собой рыбаки.",
    ),
    "de/bäume.txt": (
        "de",
        "Der Förster ließ die alten Bäume im Herbst fällen. Aus den Stämmen wurden Häuser gebaut, "
        "und die Wälder wurden mit jungen Eichen neu bepflanzt.",
    ),
    "de/mühle.txt": (
        "de",
        "Die Mühlen am Bach mahlten Roggen. Der Müller erhöhte den Damm, weil die Räder im Sommer "
        "stillstanden, und die Bauern bezahlten ihn mit Säcken voll Mehl.",
    ),
    "de/orgel.txt": (
        "de",
        "Die Orgel der Kirche hat achthundert Pfeifen. Die größten klingen so tief, dass die "
        "Fenster zittern; gestimmt werden sie zweimal jährlich.",
    ),
    "fr/vin.txt": (
        "fr",
        "Les vignerons récoltaient le raisin en septembre. Les tonneaux reposaient dans des caves "
        "voûtées, où l'humidité protégeait le bois.",
    ),
    "fr/canal.txt": (
        "fr",
        "Les bateliers franchissaient les écluses avant la nuit. Des chevaux tiraient les péniches "
        "chargées de blé jusqu'aux entrepôts parisiens.",
    ),
    "fr/dentelle.txt": (
        "fr",
        "Les dentellières travaillaient près des fenêtres. Une pièce compliquée exigeait plusieurs "
        "mois, et les marchands étrangers la payaient en or.",
    ),
    "tr/halı.txt": (
        "tr",
        "Köydeki kadınlar halıları kışın dokurdu. İplikler kök boyalarla renklendirilir, desenler "
        "anneden kıza öğretilirdi.",
    ),
    "tr/çay.txt": (
        "tr",
        "Çay bahçeleri Rize'nin yamaçlarını kaplar. Yapraklar mayısta toplanır ve fabrikalarda "
        "kurutulur.",
    ),
    "tr/köprü.txt": (
        "tr",
        "Taş köprünün kemerleri seldeki sulara dayandı. Mimarlar temelleri kayaların üstüne "
        "yerleştirmişti.",
    ),
}

QUESTIONS = {
    "When does the beekeeper move a hive?": "en/bees.txt",
    "What does a bee do that is carried away from its place?": "en/bees.txt",
    "How often does the painter have to repaint a tower?": "en/bridge.txt",
    "What was a cable of the bridge spun from?": "en/bridge.txt",
    "What did a glassblower melt?": "en/glass.txt",
    "Which vase was colouring with cobalt?": "en/glass.txt",
    "Кто зажигает лампу на маяке?": "ru/маяк.txt",
    "На чём привозили припас к башням?": "ru/маяк.txt",
    "Из чего сделаны тонкие пружины?": "ru/часы.txt",
    "Где чинят карманный хронометр?": "ru/часы.txt",
    "Когда пекари ставят тесто?": "ru/хлеб.txt",
    "Кому нужен сухарь?": "ru/хлеб.txt",
    "Wann wird ein Baum gefällt?": "de/bäume.txt",
    "Woraus baute man das Haus?": "de/bäume.txt",
    "Was geschah mit dem Wald?": "de/bäume.txt",
    "Was wird in der Mühle gemahlen?": "de/mühle.txt",
    "Warum stand das Rad still?": "de/mühle.txt",
    "Womit füllte der Bauer einen Sack?": "de/mühle.txt",
    "Welche Pfeife klingt am tiefsten?": "de/orgel.txt",
    "Wie viele Orgelpfeifen gibt es in den Kirchen?": "de/orgel.txt",
    "Quand le vigneron récolte-t-il ?": "fr/vin.txt",
    "Dans quelle cave voûtée repose un tonneau ?": "fr/vin.txt",
    "Qui franchit une écluse ?": "fr/canal.txt",
    "Que tirait le cheval ?": "fr/canal.txt",
    "Combien de temps exigent les pièces compliquées ?": "fr/dentelle.txt",
    "Près de quoi travaille la dentellière ?": "fr/dentelle.txt",
    "Halı ne zaman dokunur?": "tr/halı.txt",
    "İplik neyle boyanır?": "tr/halı.txt",
    "Hangi yamaçta çay bahçesi var?": "tr/çay.txt",
    "Fabrikada hangi yaprak kurutulur?": "tr/çay.txt",
    "Köprülerin kemeri neye dayandı?": "tr/köprü.txt",
    "Mimar temeli nereye yerleştirdi?": "tr/köprü.txt",
}
