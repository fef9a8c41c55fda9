"""Words too common to tell passages apart, by language: articles, pronouns, auxiliaries, question
words. English has a module of its own.

Words that are a noun or a main verb as well are left out where that is the likelier reading.
Written as usual; the rules of a language compare them without accents.
"""

from __future__ import annotations

from collections.abc import Mapping

FUNCTION_WORDS: Mapping[str, str] = {
    "ar": """
من في على إلى عن مع هذا هذه ذلك تلك هؤلاء الذي التي الذين اللواتي اللذان هو هي هم هن أنا أنت نحن
أنتم كان كانت كانوا يكون تكون ليس ليست لم لن لا ما ماذا متى أين كيف لماذا كم أي أية هل و أو أم ثم
بل لكن إن أن إذا إذ لو قد لقد كل بعض غير بين بعد قبل عند عندما حتى منذ خلال حول دون لدى كما مثل
فقط أيضا حيث به بها له لها لهم فيه فيها منه منها عليه عليها إليه إليها عنه عنها مما التى الى
""",
    "az": """
və ya amma lakin ancaq ki da də ilə üçün bu o bunlar onlar mən sən biz siz onun onların bunun
mənim sənin bizim sizin onu ona onda ondan öz özü hər bütün heç bəzi çox daha ən bir isə idi imiş
edir etdi edən olan olur oldu olub olaraq olmuş var yox deyil kim nə niyə necə harada hara haradan
haçan kimi hansı neçə nəyə nədən əgər çünki belə elə qədər sonra əvvəl üzrə görə tərəfindən həm
yalnız artıq hələ mi mı mu mü
""",
    "da": """
og i jeg det at en et den til er som på de med han af for ikke der var mig sig men har om vi min
havde ham hun nu over da fra du ud sin dem os op man hans hvor eller hvad skal selv her alle vil
blev kunne ind når være dog noget ville jo deres efter ned skulle denne end dette mit også under
have dig anden hende mine alt meget sit sine vor mod disse hvis din nogle hos blive mange ad
bliver hendes været jer sådan hvem hvornår hvorfor hvordan hvilken hvilket hvilke kan må så ved
vores
""",
    "de": """
der die das den dem des ein eine einen einem einer eines und oder aber doch sondern denn weil dass
ob wenn als wie wer wen wem wessen was wann wo woher wohin warum wieso weshalb welche welcher
welches welchen welchem ich du er sie es wir ihr mich dich sich uns euch mir dir ihm ihn ihnen
mein meine meinen meinem meiner dein deine sein seine seinen seinem seiner seines ihre ihren ihrem
ihrer ihres unser unsere unserer unseren euer eure dieser diese dieses diesen diesem jener jene
jenes jede jeder jedes jeden jedem alle allem allen aller alles kein keine keinen keinem keiner
man selbst im in ins an am ans auf aus bei beim bis durch für gegen ohne um von vom vor zu zum zur
nach mit über unter zwischen während wegen seit ist sind war waren bin bist seid wird werden wurde
wurden worden geworden hat haben hatte hatten habe kann können konnte konnten muss müssen musste
soll sollen sollte will wollen wollte darf dürfen mag würde würden nicht nur noch auch schon sehr
so da dort hier dann also etwa wieder viel viele welch daß damit dabei dazu davon daran darauf
""",
    "es": """
el la los las lo un una unos unas de del al a ante con contra desde durante en entre hacia hasta
para por según sin sobre tras y e o u ni pero sino que porque pues si como cuando donde mientras
aunque yo tú él ella ello nosotros nosotras vosotros ellos ellas usted ustedes me te se nos os le
les mi mis tu tus su sus nuestro nuestra nuestros nuestras mío mía suyo suya este esta esto estos
estas ese esa eso esos esas aquel aquella aquello aquellos aquellas quien quienes qué quién cuál
cuáles cual cuales cuándo dónde cómo cuánto cuánta cuántos cuántas ser es son era eran fue fueron
sido siendo sea sean soy está están estaba estaban estar estado ha han había habían haber hay he
hemos hubo no sí ya más muy también tampoco tan tanto todo toda todos todas otro otra otros otras
cada mismo misma mismos algún alguna algunos algunas ningún ninguna cuyo cuya cuyos cuyas así
""",
    "fi": """
ja tai vai sekä eli mutta vaan että jos kun koska kuin niin myös ei en et emme ette eivät on oli
ovat olivat ole olla ollut olleet olisi olen olet olemme olette minä sinä hän me te he se ne minun
sinun hänen meidän teidän heidän sen niiden minut sinut hänet sitä niitä siitä niistä siihen
niihin siinä niissä sille niille häntä heitä tämä nämä tämän näiden tätä näitä tässä näissä tästä
näistä tähän tuo nuo tuon joka jotka jonka joiden jota joita jossa joissa josta joista johon
joihin jolle joille mikä mitä minkä mitkä missä mistä mihin millä miksi milloin miten kuka kenen
ketä ketkä kumpi millainen kuinka montako oma omaa oman vain jo vielä kaikki kaikkien jokin joku
siis sitten
""",
    "fr": """
le la les l un une des du de d au aux à en dans sur sous par pour avec sans chez vers entre contre
depuis pendant avant après jusque jusqu et ou mais donc or ni car que qu si comme lorsque lorsqu
quand puisque puisqu quoique quoiqu parce je j tu il elle on nous vous ils elles me m te t se s
lui leur leurs y moi toi soi eux mon ma mes ton ta tes son sa ses notre nos votre vos ce c cet
cette ces cela ça ceci celui celle ceux celles qui quoi dont où quel quelle quels quelles lequel
laquelle lesquels lesquelles pourquoi comment combien est sont était étaient été être suis es
sommes êtes sera seront serait fut furent soit ai as a avons avez ont avait avaient eu avoir aura
n ne pas plus non aussi très tout toute tous toutes même mêmes autre autres chaque aucun aucune
quelque quelques ainsi alors
""",
    "hu": """
a az egy és vagy de hanem ha hogy mert mint is sem nem ne én te ő mi ti ők ez ezek azok ezt azt
ennek annak ezen azon ebben abban ebből abból erre arra ezzel azzal aki akik ami amik amely
amelyek amelyet amelynek ahol amikor ahogy ki kik kit kinek mit mik miért mikor hol hová honnan
hogyan hány mennyi melyik milyen van vannak volt voltak lesz lesznek lenne legyen lett volna már
még csak meg el be le fel össze nagyon pedig után alatt előtt között mellett felől által szerint
során óta ott itt akkor így úgy olyan ilyen minden egyik másik saját maga magát őt őket neki nekik
""",
    "it": """
il lo la i gli le l un uno una di del dello della dei degli delle dell a al allo alla ai agli alle
all da dal dallo dalla dai dagli dalle dall in nel nello nella nei negli nelle nell con su sul
sullo sulla sui sugli sulle sull per tra fra e ed o od ma se perché poiché anche come che chi cui
quale quali cosa quando dove quanto quanta quanti quante io tu egli ella lui lei noi voi essi esse
loro mi m ti t si s ci c vi v ne mio mia miei mie tuo tua tuoi tue suo sua suoi sue nostro nostra
nostri nostre vostro vostra questo questa questi queste quest quello quella quelli quelle quel
quei quegli ciò è sono era erano essere fu furono sia siano stato stata stati state sei siamo ho
hai ha hanno abbiamo avete aveva avevano avere avuto d non più già ancora molto così ogni tutto
tutta tutti tutte altro altra altri altre stesso stessa dopo prima durante mentre
""",
    "nl": """
de het een der den des en of maar want dus omdat dat dit deze die als dan toen wanneer terwijl
hoewel ik jij je hij zij ze wij we jullie u mij me hem haar ons hun hen zich mijn jouw zijn onze
uw wie wat waar waarom hoe welke welk hoeveel wiens in op aan van voor naar uit bij met tot door
over onder tegen tussen zonder tijdens om te er is was waren ben bent wordt worden werd werden
geworden geweest heb hebt heeft hebben had hadden kan kunnen kon konden zal zullen zou zouden moet
moeten moest mag mogen wil niet geen ook nog al alle alles veel meer zo hier daar nu wel zelf iets
iemand niets elk elke af toch sinds na
""",
    "no": """
og i jeg det at en et ei den til er som på de med han av for ikke der var meg seg men har om vi
min hadde ham hun nå over da fra du ut sin dem oss opp man hans hvor eller hva skal selv her alle
vil ble kunne inn når være noe ville jo deres etter ned skulle denne enn dette mitt også under ha
deg henne mine alt mye sitt sine vår mot disse hvis din noen hos bli mange blir hennes vært slik
hvem hvilken hvilke hvorfor hvordan kan må så ved våre eg ikkje dei ein eit frå kva kven kvifor
korleis vart ho
""",
    "pt": """
o a os as um uma uns umas de do da dos das em no na nos nas num numa ao à aos às por pelo pela
pelos pelas para com sem sob sobre entre até desde contra durante após e ou mas nem que porque
pois se como quando onde enquanto embora eu tu ele ela nós vós eles elas você vocês me te lhe lhes
vos meu minha meus minhas teu tua seu sua seus suas nosso nossa nossos nossas dele dela deles
delas este esta isto estes estas esse essa isso esses essas aquele aquela aquilo aqueles aquelas
neste nesta nesse nessa desse dessa deste desta quem qual quais quanto quanta quantos quantas cujo
cuja cujos cujas é são era eram foi foram ser sido sendo seja sejam está estão estava estavam
estar há havia tem têm tinha tinham ter não sim já mais muito também só tão todo toda todos todas
outro outra outros outras cada mesmo mesma algum alguma alguns algumas nenhum nenhuma assim
""",
    "ro": """
un o unui unei niște al a ai ale lui cel cea cei cele de la în din pe cu pentru prin spre sub
peste între fără până după despre contra lângă și sau ori dar iar ci însă că să dacă deși fiindcă
ca când unde cum cât câtă câți câte cine care cui ce eu tu el ea noi voi ei ele mă te se ne vă îl
le îi îmi îți își lor meu mea mei mele tău ta săi său sa sale nostru noastră noștri noastre acest
această acești aceste acel acea acei acele acesta aceasta aceștia acestea este e sunt era erau
fost fi fie fiind am are avem aveți au avea avut va vor ar nu mai tot toată toți toate alt altă
alți alte foarte doar numai astfel cărui cărei căror
""",
    "ru": """
и в во не что он на я с со как а то все всё она так его но да ты к ко у же вы за бы по только ее
её мне было вот от меня еще ещё нет о об обо из изо ему ей им ими них нее неё него ним нем нём ней
ли если уже или ни быть был была были будет будут для мы тебя их чем чём сам сама само сами чтоб
чтобы без будто чего кого кому кем ком чему себя себе собой под подо где куда откуда когда почему
зачем сколько какой какая какое какие каких каким какого какую какому каком который которая
которое которые которого которой которых которым которую котором которому кто тот та те того той
тем тех тому том этот эта это эти этого этой этих этим этому этом эту мой моя мое моё мои наш наша
наше наши ваш ваша ваши свой свою своей своего свои своих при про над до перед через между после
также тоже лишь потом весь вся всю всех всего всей чей чья чьё
""",
    "sv": """
och i att en ett den det de dem är som på för med av till från om har hade han hon vi ni jag du
inte men eller var vara varit sig så vid kan kunde ska skall skulle vill ville man sin sitt sina
hans hennes deras dess min mitt mina din ditt dina vår vårt våra er ert när där här vad vem vilken
vilket vilka vilkas vems varför hur denna detta dessa över under efter före mellan mot utan genom
blev bli blir blivit alla allt mycket också bara än då nu upp ut in ner honom henne oss mig dig
någon något några ingen inget inga själv sedan hos åt ha samma sådan sådana
""",
    "tr": """
ve veya ya da de ile için gibi kadar ama fakat ancak ki bu şu o bunlar şunlar onlar ben sen biz
siz bunu şunu onu buna şuna ona bunda onda bundan ondan bunun onun onların benim senin bizim sizin
kendi kendisi her bütün tüm hiç bazı çok daha en bir ise idi imiş mi mı mu mü değil var yok olan
olarak oldu olduğu olduğunu olur olması etti eden etmek ne neden niçin niye nasıl nerede nereye
nereden kim kime kimi kimin hangi hangisi kaç eğer çünkü diye göre sonra önce karşı üzere dolayı
hem sadece yalnızca artık henüz böyle öyle şöyle bile tarafından zaman
""",
    "uk": """
і й та в у не що він на я з із зі як а то все вона так його але ти до же ви за б би по тільки її
мені було від мене ще ні про їм ним них неї нього нім ній чи якщо вже або бути був була були буде
будуть для ми тебе їх їхній їхні сам сама щоб без наче чого кого кому ким чому себе собі під де
куди звідки коли навіщо скільки який яка яке які яких яким якого якої яку якому хто той те ті того
тієї тих тому цей ця це ці цього цієї цих цим цьому мій моя мої наш наша наше наші ваш ваша свій
свою своєї свого свої своїх при над перед через між після також теж лише потім весь вся всю всіх
всього чий чия є немає має
""",
}
