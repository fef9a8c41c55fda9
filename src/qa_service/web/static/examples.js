// Questions to begin with, made of what the documents call themselves. Each is tried first: none is
// shown that the documents do not answer.

const MOST = 3;
const TRIED = 6;
const KEPT = "qa-service examples";

// Up to three questions, and how many documents there are. `store`: where they are remembered for
// this index (sessionStorage), or null.
export async function examples(api, store) {
  const page = await api.documents("", 50);
  const key = `${page.index_version} ${page.total}`;
  const kept = remembered(store);
  if (kept?.key === key) return { questions: kept.questions, total: page.total };
  const questions = [];
  let subjects = [...new Set(page.documents.map((one) => one.title))].filter(askable).slice(0, TRIED);
  for (let tried = 0; subjects.length > 0 && questions.length < MOST && tried < TRIED; tried += 1) {
    const question = about(subjects.shift());
    const reply = await api.retrieve({ question, top_k: 5 });
    if (!reply.answerable) continue;
    questions.push(question);
    subjects = subjects.filter((one) => isNew(one, questions));
    if (subjects.length === 0) {
      // Few documents: go on with the headings above their passages, and with names in them.
      const named = names(reply.passages.map((one) => one.text).join("\n"));
      const more = [...reply.passages.flatMap((one) => one.section.slice(1)), ...named];
      subjects = [...new Set(more)].filter((one) => askable(one) && isNew(one, questions));
    }
  }
  remember(store, { key, questions });
  return { questions, total: page.total };
}

function about(subject) {
  const within = subject.replace(/^(The|An?) /, (article) => article.toLowerCase());
  return `What is said about ${within.replace(/[.?!:]+$/, "")}?`;
}

// Names of two to four words within sentences, those that come most often first.
function names(text) {
  const found = new Map();
  const name = /(?<=[\p{Ll},] )(?:the )?\p{Lu}[\p{L}-]+(?: \p{Lu}[\p{L}-]+){1,3}/gu;
  for (const [one] of text.matchAll(name)) found.set(one, (found.get(one) ?? 0) + 1);
  return [...found.keys()].sort((a, b) => found.get(b) - found.get(a));
}

// Whether a subject has a name that no question has yet.
function isNew(subject, questions) {
  const capitalised = subject.match(/\p{Lu}[\p{L}-]+/gu) ?? [subject];
  return !capitalised.some((word) => questions.join(" ").includes(word));
}

// A title that reads as a subject: words, not too long for a button.
const askable = (title) => title.length <= 90 && /\p{L}{3}/u.test(title) && !/[/\\<>{}]/.test(title);

function remembered(store) {
  try {
    return JSON.parse(store?.getItem(KEPT) ?? "null");
  } catch {
    return null;
  }
}

function remember(store, found) {
  try {
    store?.setItem(KEPT, JSON.stringify(found));
  } catch {
    // No room, or not permitted: they are found again next time.
  }
}
