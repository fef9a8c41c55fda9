"""Class names, ids and headings by which web pages say what is around their content."""

from __future__ import annotations

import re
from functools import lru_cache


def _names(*texts: str) -> frozenset[str]:
    return frozenset(name for text in texts for name in text.split())


def _phrases(*texts: str) -> frozenset[str]:
    return frozenset(
        phrase.strip() for text in texts for phrase in text.split(",") if phrase.strip()
    )


# Whatever is in it, unless it holds the page's content.
ALWAYS = _names(
    """nav navbar navbars navigation topnav subnav sidenav mainnav navi navbox breadcrumb
    breadcrumbs crumbs footer sitefooter pagefooter colophon sidebar cookie cookies cookiebar
    cookiebanner cookieconsent consent gdpr ccpa pagination pager paginator paging skiplink
    skiplinks masthead topbar newsletter sitesub contentsub catlinks printfooter toc
    tableofcontents sitemap jumplinks adsbygoogle advert adverts advertisement advertising
    sponsored sitenav offcanvas siteheader pageheader paywall""",
    "navigationsleiste hauptmenü hauptmenu seitenleiste fußzeile fusszeile kopfzeile brotkrumen",
    "werbung anzeige hauptnavigation inhaltsverzeichnis",
    "fil-ariane filariane ariane pied piedpage publicite publicité sommaire",
    "migas rastro barra-lateral publicidad publicidade pie-pagina rodape rodapé cabecera",
    "podval shapka reklama kroshki хлебные крошки подвал шапка реклама навигация",
    "daohang yejiao guanggao mianbaoxie 导航 页脚 广告 面包屑 侧边栏 頁尾 導航",
    "تنقل تذييل إعلان gezinti altbilgi reklam",
)
# These are prose, and still none of the page's.
CONSENT = _names("cookie cookies cookiebar cookiebanner cookieconsent consent gdpr ccpa newsletter")
# Where most of it is links, or little more than a line.
WITH_LINKS = _names(
    """menu menus submenu dropdown header banner links tags taglist tagcloud related recommended
    recommendations suggestions popular trending mostread readmore morelinks archive archives
    categories widget widgets toolbar actions tabs prevnext languages langs interlanguage portlet
    infolinks postnav metanav utility quicklinks aside rail""",
    "menü verwandte empfehlungen teaser sprachen menyu боковая меню похожие pohozhie смотри",
    "relacionados relacionadas connexes similaires 相关 推荐 菜单 ذات قائمة ilgili",
)
# Where it is short.
IF_SHORT = _names(
    """share sharing sharebar sharethis addthis social socials follow ad ads sponsor promo promos
    promotion popup modal overlay subscribe subscription signup signin login register search
    searchbox searchform copyright legal feedback rating ratings print printer backtotop totop
    scrolltop callout-cta cta notice-bar announcement topline""",
    "teilen partager compartir compartilhar podelitsya поделиться 分享 مشاركة paylas paylaş suche",
)
# A class of this name holds the page's content, whatever other classes are beside it.
CONTENT = _names(
    """content main main-content maincontent content-main page-content article article-body
    articlebody article-content post post-body post-content entry entry-content story story-body
    body-content mw-parser-output markdown-body bodytext text prose h-entry hentry documentation
    inhalt contenu contenido conteudo contenuto контент содержание neirong 正文 内容 المحتوى"""
)

# Headings above lists of other pages.
RELATED = _phrases(
    """related, related articles, related posts, related stories, related content, related links,
    related news, related topics, related products, more articles, more stories, more news,
    more from this author, more on this topic, read also, read next, you may also like,
    you might also like, you might also be interested in, recommended, recommended for you,
    recommended reading, most read, most popular, popular posts, popular articles, trending,
    trending now, latest news, latest posts, recent posts, recent articles, recent comments,
    archives, categories, tags, share, share this, share this article, follow us, up next,
    keep reading, in other news, editors' picks, customers also bought""",
    """читайте также, читать также, похожие статьи, похожие материалы, похожие записи,
    материалы по теме, по теме, смотрите также, другие новости, последние новости,
    популярное, самое читаемое, рекомендуем, рубрики, архивы, метки, теги, поделиться,
    свежие записи, новости по теме, ещё по теме, еще по теме""",
    """weitere artikel, ähnliche artikel, ähnliche beiträge, verwandte artikel, verwandte themen,
    mehr zum thema, das könnte sie auch interessieren, das könnte dich auch interessieren,
    lesen sie auch, auch interessant, meistgelesen, neueste beiträge, kategorien, schlagwörter,
    passend zum thema, mehr artikel""",
    """articles liés, à lire aussi, lire aussi, sur le même sujet, articles similaires,
    articles récents, catégories, les plus lus, vous aimerez aussi, étiquettes""",
    """artículos relacionados, noticias relacionadas, también te puede interesar, lee también,
    le puede interesar, lo más leído, más leídas, entradas recientes, categorías, etiquetas,
    leia também, artigos relacionados, notícias relacionadas, mais lidas, leggi anche,
    articoli correlati, i più letti, potrebbe interessarti""",
    """ilgili haberler, ilgili yazılar, bunlar da ilginizi çekebilir, çok okunanlar, kategoriler,
    etiketler, oxşar xəbərlər, digər xəbərlər, son xəbərlər, kateqoriyalar""",
    """相关文章, 相关阅读, 相关新闻, 相关推荐, 推荐阅读, 热门文章, 最新文章, 热门推荐, 猜你喜欢,
    相關文章, 延伸閱讀, 推薦閱讀, 熱門文章, 関連記事, おすすめ記事, 人気記事, 最新記事,
    관련 기사, 관련 글, 많이 본 기사, 추천 기사""",
    "مقالات ذات صلة, اقرأ أيضا, اقرأ أيضاً, الأكثر قراءة, مطالب مرتبط",
    "مواضيع ذات صلة, أخبار ذات صلة",
)

# "no-sidebar" and "with-sidebar" are said of what is not the sidebar.
_SAID_OF_OTHERS = re.compile(r"\b(?:no|not|with|without|has|hide|show|is|js)[-_]\w[\w-]*", re.I)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=4096)
def words_of(classes: str) -> frozenset[str]:
    """Return the words that class names and ids are made of, lower case, and the names whole.

    ``site-footer``, ``siteFooter`` and ``site_footer`` all hold ``footer`` and ``sitefooter``.
    """
    found: set[str] = set()
    for name in _SAID_OF_OTHERS.sub(" ", classes).split():
        parts = _WORD.findall(_CAMEL.sub(" ", name).lower())
        found.update(parts)
        found.add("".join(parts))
    return frozenset(found)


def names_content(classes: str) -> bool:
    """Tell whether one of the class names or ids is a usual one of the content itself."""
    return any(name.lower() in CONTENT for name in classes.split())
