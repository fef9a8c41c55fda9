"""The words of site navigation, case-folded, in the languages met most.

``PHRASES`` are navigation wherever they stand alone on a line. ``WORDS`` are so only in company:
each of them is also an ordinary word.
"""

from __future__ import annotations


def _entries(*languages: str) -> frozenset[str]:
    return frozenset(
        entry.strip() for text in languages for entry in text.split(",") if entry.strip()
    )


PHRASES = _entries(
    # English
    """go back, back to top, return to top, back to the top, scroll to top, back to home,
    back to homepage, back to overview, back to list, back to news, back to search results,
    print this page, print page, print this article, print article, print version,
    printer-friendly version, printable version, printer friendly, share this, share this page,
    share this article, share this post, share on facebook, share on twitter, share on x,
    share on linkedin, share on whatsapp, share on telegram, share via email, email this page,
    email this article, send to a friend, tell a friend, copy link, skip to content,
    skip to main content, skip to navigation, skip navigation, jump to content,
    jump to navigation, jump to search, main menu, toggle navigation, toggle menu, open menu,
    close menu, show menu, hide menu, site map, sitemap, read more, show more, load more,
    view more, see more, learn more, continue reading, next page, previous page, next article,
    previous article, next post, previous post, older posts, newer posts, log in, sign in,
    sign up, log out, sign out, my account, create account, subscribe now,
    subscribe to our newsletter,
    sign up for our newsletter, follow us, follow us on, contact us, about us, privacy policy,
    cookie policy, terms of use, terms of service, terms and conditions, all rights reserved,
    accept cookies, accept all cookies, accept all, reject cookies, reject all cookies, reject all,
    decline cookies, cookie settings, cookie preferences, manage cookies, manage preferences,
    we use cookies, this site uses cookies, this website uses cookies, add to favorites,
    add to favourites, add to bookmarks, leave a comment, post a comment, post a reply,
    you are here, click here, download pdf, download as pdf, save as pdf, font size,
    increase font size, decrease font size, advertisement""",
    # Russian, Ukrainian
    """вернуться назад, вернуться, распечатать, версия для печати, печатная версия,
    распечатать страницу, на главную, вернуться на главную, назад к списку, к списку новостей,
    наверх, вернуться наверх, поделиться ссылкой, поделиться в соцсетях, читать далее,
    читать дальше, читать полностью, подробнее, показать ещё, показать еще, загрузить ещё,
    загрузить еще, следующая страница, предыдущая страница, следующая статья, предыдущая статья,
    следующая новость, предыдущая новость, перейти к содержимому, перейти к содержанию,
    перейти к основному содержанию, карта сайта, главное меню, личный кабинет,
    подписаться на рассылку,
    отправить другу, отправить по почте, скопировать ссылку, оставить комментарий,
    политика конфиденциальности, принять все, принять все cookie, принять cookie,
    все права защищены, мы используем cookie, мы используем файлы cookie, обратная связь,
    повернутися назад, роздрукувати, версія для друку, на головну, поділитися, читати далі,
    детальніше, всі права захищені, усі права захищені""",
    # German
    """zurück zur übersicht, zurück zur startseite, zurück nach oben, nach oben, seite drucken,
    artikel drucken, druckversion, druckansicht, seite teilen, artikel teilen, auf facebook teilen,
    zum inhalt springen, zum inhalt, zum hauptinhalt, zum hauptinhalt springen, zur navigation,
    weiterlesen, mehr lesen, mehr erfahren, mehr anzeigen, nächste seite, vorherige seite,
    nächster artikel, vorheriger artikel, alle cookies akzeptieren, cookies akzeptieren,
    alle akzeptieren, alle ablehnen, cookie-einstellungen, newsletter abonnieren,
    datenschutzerklärung, alle rechte vorbehalten, per e-mail teilen, link kopieren""",
    # French
    """retour en haut, retour à l'accueil, retour à la liste, haut de page, imprimer la page,
    imprimer cette page, imprimer l'article, version imprimable, partager cet article,
    partager sur facebook, partager cette page, aller au contenu, aller au contenu principal,
    passer au contenu, lire la suite, en savoir plus, voir plus, afficher plus, page suivante,
    page précédente, article suivant, article précédent, accepter tous les cookies,
    accepter les cookies, tout accepter, tout refuser, paramètres des cookies, s'abonner,
    mentions légales, politique de confidentialité, tous droits réservés, plan du site,
    se connecter, s'inscrire, copier le lien, nous contacter""",
    # Spanish, Portuguese, Italian
    """volver atrás, volver arriba, volver al inicio, ir al contenido, ir al contenido principal,
    saltar al contenido, imprimir página, imprimir esta página, imprimir artículo,
    versión para imprimir, compartir en facebook, compartir este artículo, leer más, ver más,
    saber más, más información, página siguiente, página anterior, artículo siguiente,
    artículo anterior, aceptar todas las cookies, aceptar cookies, aceptar todo, rechazar todo,
    configuración de cookies, suscribirse, iniciar sesión, política de privacidad, aviso legal,
    todos los derechos reservados, mapa del sitio, copiar enlace,
    voltar ao topo, ir para o conteúdo, leia mais, saiba mais, versão para impressão,
    aceitar todos os cookies, todos os direitos reservados, política de privacidade,
    torna indietro, torna su, vai al contenuto, leggi tutto, leggi di più, stampa questa pagina,
    versione stampabile, accetta tutti i cookie, tutti i diritti riservati""",
    # Azerbaijani, Turkish
    """geri qayıt, geriyə qayıt, geri dön, çap et, çap versiyası, çap üçün, ana səhifə,
    ana səhifəyə qayıt, yuxarı qayıt, yuxarıya qayıt, ətraflı oxu, daha ətraflı, davamını oxu,
    növbəti səhifə, əvvəlki səhifə, növbəti xəbər, əvvəlki xəbər, bütün hüquqlar qorunur,
    bütün hüquqları qorunur, saytın xəritəsi, bizimlə əlaqə, paylaş,
    geriye dön, yazdır, sayfayı yazdır, yazdırılabilir sürüm, ana sayfa, ana sayfaya dön,
    başa dön, yukarı çık, devamını oku, devamı, daha fazla, daha fazla göster, sonraki sayfa,
    önceki sayfa, sonraki haber, önceki haber, içeriğe geç, içeriğe atla, tüm çerezleri kabul et,
    çerezleri kabul et, çerez ayarları, abone ol, giriş yap, üye ol, tüm hakları saklıdır,
    gizlilik politikası, site haritası""",
    # Chinese, Japanese, Korean
    """返回首页, 返回顶部, 返回列表, 返回上一页, 返回上页, 打印本页, 打印此页, 打印页面, 分享到,
    阅读更多, 阅读全文, 查看更多, 了解更多, 加载更多, 上一页, 下一页, 上一篇, 下一篇, 跳到内容,
    跳至内容, 跳转到内容, 网站地图, 联系我们, 关于我们, 版权所有, 保留所有权利, 接受所有cookie,
    接受全部cookie, 隐私政策, 设为首页, 加入收藏, 关闭窗口, 返回首頁, 返回頂部, 列印本頁, 閱讀更多,
    上一頁, 下一頁, ページの先頭へ, トップへ戻る, ページトップへ, 前のページ, 次のページ,
    印刷する, 続きを読む, もっと見る, 本文へスキップ, 홈으로, 맨 위로, 더 보기, 자세히 보기,
    이전 페이지, 다음 페이지, 인쇄하기, 공유하기, 본문 바로가기""",
    # Arabic, Persian, Hindi
    """العودة إلى الأعلى, العودة للرئيسية, الصفحة الرئيسية, طباعة الصفحة, اقرأ المزيد,
    اقرأ أيضا, المزيد, جميع الحقوق محفوظة, الصفحة التالية, الصفحة السابقة,
    بازگشت به بالا, صفحه اصلی, نسخه چاپی, ادامه مطلب, मुख्य पृष्ठ, और पढ़ें, वापस जाएं""",
)

WORDS = _entries(
    """back, print, share, home, homepage, next, previous, prev, menu, search, more, top, close,
    login, logout, register, subscribe, unsubscribe, comments, tweet, email, e-mail, facebook,
    twitter, linkedin, whatsapp, telegram, instagram, youtube, pinterest, rss, bookmark, contact,
    contacts, about, faq, help, news, pdf, a+, a-""",
    """назад, вперед, вперёд, печать, главная, поделиться, далее, ещё, еще, меню, поиск, войти,
    вход, выход, регистрация, подписаться, закрыть, контакты, новости, комментарии, вконтакте""",
    """zurück, weiter, drucken, teilen, startseite, menü, suche, anmelden, schließen, kontakt,
    impressum, datenschutz, mehr""",
    """retour, imprimer, partager, accueil, suivant, précédent, menu, rechercher, recherche,
    fermer, contact, connexion""",
    """volver, atrás, imprimir, compartir, inicio, siguiente, anterior, menú, buscar, cerrar,
    contacto, voltar, compartilhar, partilhar, início, próximo, seguinte, indietro, stampa,
    condividi, avanti, cerca""",
    """geri, irəli, çap, əsas, növbəti, əvvəlki, axtar, axtarış, menyu, bağla, əlaqə, xəbərlər,
    ileri, sonraki, önceki, ara, menü, kapat, iletişim, haberler, anasayfa""",
    """返回, 打印, 分享, 首页, 更多, 搜索, 登录, 注册, 菜单, 关闭, 列印, 首頁, 搜尋, 登入, 戻る,
    印刷, 共有, ホーム, 次へ, 前へ, メニュー, 検索, 홈, 인쇄, 공유, 다음, 이전, 목록, 검색, 메뉴""",
    """عودة, طباعة, شارك, مشاركة, الرئيسية, التالي, السابق, بحث, چاپ, بازگشت, اشتراک گذاری,
    वापस, प्रिंट, साझा करें, होम""",
)
