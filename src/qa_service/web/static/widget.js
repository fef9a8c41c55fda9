// One script tag (`widget.js` of the service) and `<qa-chat></qa-chat>` put the chat into any page. A
// classic script, so that it loads anywhere and can say so where the service lets no chat in.

(() => {
  const home = document.currentScript ? new URL(document.currentScript.src).origin : "";

  class QaChat extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return; // moved, not new
      const root = this.attachShadow({ mode: "open" });
      let base = "";
      try {
        const source = new URL(this.getAttribute("src") || home, location.href);
        if (!/^https?:$/.test(source.protocol)) throw new TypeError("no web address");
        base = source.origin;
      } catch {
        complain(root, "qa-chat: its src is not the address of a service.");
        return;
      }
      const sheets = ["app.css", "chat.css"].map((name) => {
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = `${base}/static/${name}`;
        return link;
      });
      const place = document.createElement("div");
      place.className = "place";
      place.hidden = true;
      root.append(...sheets, place);
      Promise.all([import(`${base}/static/chat.js`), ...sheets.map(loaded)]).then(
        ([{ Chat }]) => {
          place.hidden = false;
          new Chat(place, { base, title: this.getAttribute("label") || undefined });
        },
        () => {
          const own = location.origin;
          complain(
            root,
            `The chat of ${base} did not load. Either it is not running, or it does not allow this ` +
              `page: its operator can add ${own} to QA_WIDGET_ORIGINS.`,
          );
        },
      );
    }
  }

  function loaded(link) {
    return new Promise((resolve, reject) => {
      link.addEventListener("load", resolve);
      link.addEventListener("error", reject);
    });
  }

  function complain(root, words) {
    const note = document.createElement("p");
    note.setAttribute("role", "alert");
    note.setAttribute("part", "problem");
    note.textContent = words;
    note.style.cssText = "border: 1px solid; border-radius: 0.75rem; padding: 1rem; margin: 0";
    root.replaceChildren(note);
  }

  if (!customElements.get("qa-chat")) customElements.define("qa-chat", QaChat);
})();
