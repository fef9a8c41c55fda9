(() => {
  const questions = [...document.querySelectorAll("details.question")];
  const category = document.getElementById("category");
  const outcome = document.getElementById("outcome");
  const words = document.getElementById("words");
  const shown = document.getElementById("shown");
  document.querySelector(".filters").hidden = false;

  const fits = (question) => {
    const wanted = outcome.value;
    const passes = question.dataset.passed === "yes";
    return (!category.value || question.dataset.category === category.value)
      && (!wanted || question.dataset.outcome === wanted || question.dataset.change === wanted
        || (wanted === "failed" && !passes) || (wanted === "passed" && passes))
      && (!words.value.trim()
        || question.firstElementChild.textContent.toLowerCase().includes(words.value.trim().toLowerCase()));
  };
  const apply = () => {
    let count = 0;
    for (const question of questions) {
      question.hidden = !fits(question);
      count += question.hidden ? 0 : 1;
    }
    shown.textContent = `${count} of ${questions.length} shown`;
  };
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.matches("details.question")) {
      target.hidden = false;
      target.open = true;
      target.scrollIntoView();
    }
  };
  for (const control of [category, outcome, words]) control.addEventListener("input", apply);
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
