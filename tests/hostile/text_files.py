"""Plain text and Markdown of odd bytes, odd characters and structure without end."""

from __future__ import annotations

import random
from collections.abc import Iterator

SENTENCE = "The ferryman knew eleven songs."
BODY = f"\n\n{SENTENCE}\n"
MANY = 50_000


def files() -> Iterator[tuple[str, bytes]]:
    """Yield each file's name with its suffix, and its bytes."""
    for name, data in (*odd_bytes(), *something_else()):
        yield f"{name}.txt", data
    for name, text in odd_texts():
        yield f"{name}.txt", text.encode("utf-8")
    for name, text in (*structures(), *front_matter()):
        yield f"{name}.md", text.encode("utf-8")


def odd_bytes() -> Iterator[tuple[str, bytes]]:
    good = (SENTENCE + "\n").encode() * 50
    yield "empty", b""
    yield "mark alone", b"\xef\xbb\xbf"
    yield "NUL", good + b"\0" + good
    yield "NUL alone", bytes(10_000)
    yield "half pairs", good + b"\xed\xa0\x80\xed\xb0\x80"
    yield "overlong", good + b"\xc0\xaf\xe0\x80\xaf"
    yield "five bytes", good + b"\xf8\x88\x80\x80\x80"
    yield "beyond Unicode", good + b"\xf4\x90\x80\x80"
    yield "cut in a character", good + b"\xf0\x9f\x98"
    yield "bad in the last byte of five megabytes", good * 3_000 + b"\xff"
    text = good.decode()
    yield "UTF-16 without a mark", text.encode("utf-16-le")
    yield "UTF-16 from the other end", text.encode("utf-16-be")
    yield "UTF-16 of odd length", text.encode("utf-16")[:-1]
    yield "UTF-16 of half pairs", b"\xff\xfe" + b"\x00\xd8" * 100
    yield "UTF-32 beyond Unicode", b"\xff\xfe\0\0" + b"\xff\xff\xff\x7f" * 10
    yield "two encodings", good + "Паромщик знал одиннадцать песен. ".encode("koi8-r") * 50
    yield "a lone byte", b"\xe9"
    chance = random.Random(8)
    yield "random bytes", chance.randbytes(50_000)
    yield "random high bytes", bytes(chance.randrange(128, 256) for _ in range(50_000))
    yield "UTF-7", "Grüße ".encode("utf-7") * 50
    yield "escapes of Japan", "日本語 ".encode("iso-2022-jp") * 50


def something_else() -> Iterator[tuple[str, bytes]]:
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    yield "a program", b"\x7fELF\x02\x01\x01" + bytes(500)
    yield "packed", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + random.Random(9).randbytes(5_000)


def odd_texts() -> Iterator[tuple[str, str]]:
    yield "ten megabytes on one line", "word " * 2_000_000
    yield "a million letters without a space", "x" * 1_000_000
    yield "a million short lines", "ab\n" * 1_000_000
    yield "a million blank lines", "\n" * 1_000_000 + SENTENCE
    yield "a hundred thousand paragraphs", "ab.\n\n" * 100_000
    yield "old line ends", f"{SENTENCE}\r" * 1_000
    yield "every line end", f"{SENTENCE}\r\n\n\r\v\f\x85\u2028\u2029" * 500
    yield "tabs", "\t" * 500_000 + SENTENCE
    yield "odd spaces", "\u00a0\u2003\u200b\u3000\ufeff" * 20_000 + SENTENCE
    yield "both directions", "\u202a\u202e\u2066\u2069\u200f" * 5_000 + SENTENCE
    yield "marks on marks", "e" + "\u0301" * 100_000 + BODY
    yield "families", "👩‍👩‍👧‍👦" * 5_000 + BODY
    yield "beyond the first plane", "𝕃🏗🌊 " * 20_000
    yield "unassigned", "\ufffe\uffff\U0010ffff\ue000\u0378" * 2_000 + SENTENCE
    yield "escapes of a terminal", "\x1b[2J\x1b]0;title\x07\x9b31m" * 1_000 + SENTENCE
    yield "names of tokens", "<|endoftext|><|im_start|><|fim_prefix|>" * 2_000
    yield "digits", "1234567890" * 50_000
    yield "semicolons", ";" * 300_000 + SENTENCE
    yield "full stops", "." * 500_000 + SENTENCE
    yield "ends of sentences", "a. B! c? D… " * 20_000
    yield "quotation marks", "\"'“”‘’«»" * 20_000 + SENTENCE
    yield "brackets", "(" * 100_000 + ")" * 100_000 + SENTENCE
    yield "abbreviations", "Dr. e.g. i.e. U.S.A. p. 5 cf. " * 10_000
    yield "numbered headings", "1.1.1.1.1 Heading\n\n" * 20_000 + SENTENCE
    yield "navigation alone", "Back | Print | Home\n" * 1_000
    yield "navigation without end", "Back | Print | Home | " * 20_000
    yield "almost navigation", ("back print " * 26 + "x\n") * 5_000
    yield "copyrights", "© 2024 Somebody and others\n" * 20_000 + SENTENCE
    yield "addresses", "http://a.b/c?d=e&f=g#h user@host.example " * 10_000
    yield "one table", "| a | b |\n" * 20_000
    yield "no spaces", "蒸気機関が走る。" * 50_000
    yield "no spaces and no ends", "ก" * 200_000


def structures() -> Iterator[tuple[str, str]]:
    for name, mark in {
        "brackets": "[",
        "pictures": "![",
        "stars": "*",
        "underscores": "_",
        "quotations": ">",
        "lists": "- ",
        "numbers": "1. ",
        "hashes": "#",
        "angles": "<",
        "ampersands": "&",
        "backslashes": "\\",
        "pipes": "|",
        "tildes": "~",
        "backticks": "`",
        "links": "[a](",
        "comments": "<!-- ",
        "declarations": "<!A ",
        "instructions": "<? ",
        "strong and weak": "*a _b ",
        "links in links": "[a](b",
    }.items():
        yield f"fifty thousand {name}", mark * MANY + BODY
        yield f"a heading of {name}", "# " + mark * 5_000 + BODY
    yield "brackets closed", "[" * MANY + "]" * MANY + BODY
    yield "quotations line by line", "> " * 500 + "x\n" * 5_000 + BODY
    yield "quotations that grow", "\n".join(">" * n for n in range(1_000)) + BODY
    yield "lists that grow", "\n".join(" " * (2 * n) + "- x" for n in range(1_000)) + BODY
    ticks = " ".join("`" * n for n in range(600))
    yield "backticks of every length", ticks + BODY
    yield "a heading of backticks of every length", "# " + ticks + BODY
    yield "references", "".join(f"[r{n}]: /x 'title'\n" for n in range(20_000)) + BODY
    yield "references to one another", "[a]: [a]\n" * 20_000 + BODY
    yield "references never closed", "[a]: <" * 20_000 + BODY
    yield "underlined", "a\n=\n" * 20_000 + BODY
    yield "code never closed", SENTENCE + "\n\n```\n" + "x\n" * MANY
    yield "fences", "```\n" * MANY + BODY
    yield "indented code", "    x\n" * MANY + BODY
    yield "elements never closed", "<div>\n" * MANY + BODY
    yield "rulers", "---\n" * MANY + BODY
    yield "headings", "# x\n" * MANY + BODY
    yield "tables", "a|b\n-|-\n" * 10_000 + BODY
    yield "old line ends", f"# Head\r\r{SENTENCE}\r" * 1_000


def front_matter() -> Iterator[tuple[str, str]]:
    laughs = "a0: &a0 [ha, ha]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    blocks = {
        "a billion laughs": laughs,
        "merged": "a: &a {b: 1}\nc:\n  <<: *a\n",
        "an object": "a: !!python/object/apply:os.system ['true']\n",
        "a module": "a: !!python/module:os\n",
        "an unknown tag": "a: !secret b\n",
        "bytes": "a: !!binary R0lGODlhDAAMAIQAAP\n",
        "deep": "a: " + "[" * 2_000 + "]" * 2_000 + "\n",
        "deep keys": "".join(" " * n + f"k{n}:\n" for n in range(300)),
        "a large number": "a: 1" + "0" * 20_000 + "\n",
        "a number in base 60": "a: " + ":".join(["59"] * 5_000) + "\n",
        "no number": "a: .nan\nb: .inf\nc: -.inf\n",
        "dates that are none": "date: 2024-13-45\n",
        "a date far away": "date: 9999-12-31T23:59:59+23:59\n",
        "twice the same": "a: 1\na: 2\n",
        "a list as a key": "? [a, b]\n: 1\n",
        "a key of itself": "&a a: *a\n",
        "a thousand keys": "".join(f"k{n}: v\n" for n in range(1_000)),
        "blank lines": "\n" * 5_000 + "- x\n",
        "too long": "a: " + "x" * 70_000 + "\n",
        "half pairs": 'a: "\\ud800"\n',
        "NUL": 'a: "\\0"\n',
        "tabs": "a:\n\t- b\n",
        "never closed": 'a: "\n',
        "several documents": "a: 1\n... \nb: 2\n",
        "a directive": "%YAML 9.9\n",
        "no pairs": "- a\n- b\n",
        "a title of lines": 'title: "a\\nb\\u2028c\\u202e"\n',
    }
    for name, block in blocks.items():
        yield f"front matter, {name}", f"---\n{block}---\n\n# Head\n\n{SENTENCE}\n"
    yield "front matter that never ends", "---\na: 1\n" * 20_000 + BODY
